"""The films that the local TMDB knows. Numbers, popularity and votes are made up; the sentences are ours."""

from __future__ import annotations

from dataclasses import dataclass

GENRES = {
    12: "Adventure",
    14: "Fantasy",
    16: "Animation",
    18: "Drama",
    27: "Horror",
    28: "Action",
    35: "Comedy",
    36: "History",
    37: "Western",
    53: "Thriller",
    80: "Crime",
    99: "Documentary",
    878: "Science Fiction",
    9648: "Mystery",
    10402: "Music",
    10749: "Romance",
    10751: "Family",
    10752: "War",
    10770: "TV Movie",
}


@dataclass(frozen=True)
class Film:
    """`pictured`: it has a poster and a backdrop."""

    id: int
    title: str
    original_title: str
    language: str
    release_date: str
    genres: tuple[int, ...]
    runtime: int
    overview: str
    popularity: float
    vote_average: float
    vote_count: int
    pictured: bool = True

    @property
    def poster_path(self) -> str | None:
        return f"/p{self.id}.jpg" if self.pictured else None

    @property
    def backdrop_path(self) -> str | None:
        return f"/b{self.id}.jpg" if self.pictured else None


# title | original title, where it is another | language | date | genres | minutes | overview
_LINES = """
A Trip to the Moon|Le Voyage dans la Lune|fr|1902-04-17|12,878|15|Astronomers ride a shell into the eye of the moon.
The Great Train Robbery||en|1903-12-07|37,80|11|Bandits hold up a train and are chased through the woods.
The Cabinet of Dr. Caligari|Das Cabinet des Dr. Caligari|de|1920-02-27|27,53|77|A showman's sleepwalker foretells death.
The Kid||en|1921-01-21|35,18|68|A tramp brings up a child he found in an alley.
Nosferatu|Nosferatu, eine Symphonie des Grauens|de|1922-02-16|27,14|94|A count moves house; the plague goes along.
Häxan||sv|1922-09-18|99,27|105|Seven chapters on witches and on those who burned them.
Safety Last!||en|1923-04-01|35,10749|74|A shop assistant climbs a tower to impress his bride.
Sherlock, Jr.||en|1924-05-11|35,9648|45|A projectionist dreams himself into the film he shows.
The Thief of Bagdad||en|1924-03-23|12,14|149|A thief earns a princess with a winged horse.
Battleship Potemkin|Броненосец Потёмкин|ru|1925-12-24|18,36|75|Sailors mutiny over rotten meat.
The Gold Rush||en|1925-06-26|35,12|95|A prospector eats his shoe and finds a fortune.
The Phantom of the Opera||en|1925-11-15|27,18|93|Someone below the stage loves the soprano.
The General||en|1926-12-31|35,28,10752|79|An engineer steals his locomotive back.
The Adventures of Prince Achmed|Die Abenteuer des Prinzen Achmed|de|1926-07-02|16,14|66|Shadows tell a tale of flight.
Metropolis||de|1927-01-10|18,878|153|The son of a city's master goes down to its machines.
Sunrise||en|1927-09-23|18,10749|94|A farmer takes his wife to the city, and back.
The Passion of Joan of Arc|La Passion de Jeanne d'Arc|fr|1928-04-21|18,36|82|A trial, told in faces.
Steamboat Willie||en|1928-11-18|16,35|8|A mouse whistles on a river boat.
Man with a Movie Camera|Человек с киноаппаратом|ru|1929-01-08|99|68|A day of a city, and of the one who films it.
The Lost World||en|1925-02-02|12,878|106|A professor finds a plateau where time stood still.
His Girl Friday||en|1940-01-18|35,10749|92|An editor keeps his best reporter from marrying.
Detour||en|1945-11-30|80,53|68|A pianist hitchhikes west and meets his luck.
D.O.A.||en|1950-04-21|80,9648|83|A man reports his own murder.
House on Haunted Hill||en|1959-02-17|27,9648|75|Ten thousand for whoever stays the night.
Carnival of Souls||en|1962-09-26|27,9648|78|An organist survives, and is called to the dance.
Charade||en|1963-12-05|35,9648,10749|113|A widow, four men and a missing quarter million.
Night of the Living Dead||en|1968-10-01|27,53|96|Seven people and one farmhouse.
Elephants Dream||en|2006-03-24|16,878|11|Two men walk through a machine that one of them sees.
Big Buck Bunny||en|2008-05-20|16,35,10751|10|A large rabbit has had enough.
Sintel||en|2010-09-27|16,14,12|15|A girl looks for the dragon she raised.
Tears of Steel||en|2012-09-26|878,28|12|Lovers of old meet again among robots.
Cosmos Laundromat||en|2015-08-10|16,14|12|A sheep on an island is offered other lives.
The Lighthouse Keeper's Ledger||en|2019-10-04|18,9648|101|Every night one ship too many is written down.
Nordlicht auf Halde|Nordlicht auf Halde|de|2021-03-12|18,10749|97|Two miners wait for the aurora over a slag heap.
La Dernière Bobine|La Dernière Bobine|fr|2022-11-09|35,18|88|A cinema shows its last reel, every evening.
砂の時計|砂の時計|ja|2023-06-30|14,18|112|A clockmaker repairs an hour that is missing.
The Copper Orchestra||en|2024-02-16|10402,10751|104|A village tunes its roofs.
Signal from Ward Nine||en|2024-09-20|878,53|118|A nurse answers a radio that was never plugged in.
Seven Kinds of Rain||en|2025-05-23|18,10749|109|A meteorologist returns to where she was wrong.
An Untitled Rehearsal||en||18|0|It is not out yet, and has neither date nor poster.
"""


def _film(index: int, line: str) -> Film:
    title, original, language, released, genres, minutes, overview = line.split("|")
    spread = (index * 37) % 40  # the popular ones are not the first ones
    return Film(
        id=900_001 + index,
        title=title,
        original_title=original or title,
        language=language,
        release_date=released,
        genres=tuple(int(number) for number in genres.split(",")),
        runtime=int(minutes),
        overview=overview,
        popularity=round(120 / (1 + spread / 4), 3),
        vote_average=round(5.5 + (index * 17 % 38) / 10, 1),
        vote_count=40 + index * 53 % 900,
        pictured=bool(released),
    )


FILMS = {film.id: film for film in (_film(index, line) for index, line in enumerate(_LINES.strip().splitlines()))}
