"""`marquee tracks`: a film's captions and subtitles, listed, brought, read, edited and taken away."""

from __future__ import annotations

import codecs
import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.markup import escape
from rich.table import Table

from cli.display import console, results, tell_error
from cli.endpoint import DEFAULT_SITE, Endpoint, EndpointError, Json
from cli.site import EndpointOption as At
from cli.site import JsonOption as AsJson

app = typer.Typer(help="A film's captions and subtitles.", no_args_is_help=True)

Asset = Annotated[str, typer.Argument(metavar="ASSET", help="The asset's id.")]
Track = Annotated[str, typer.Argument(metavar="TRACK", help="The track's id, as `marquee tracks list` shows it.")]
File = Annotated[
    Path, typer.Argument(metavar="FILE", help="WebVTT, SubRip or ASS/SSA.", exists=True, dir_okay=False, readable=True)
]

Answered = TypeVar("Answered")


@app.command("list")
def list_tracks(asset: Asset, endpoint: At = DEFAULT_SITE, as_json: AsJson = False) -> None:
    """List a film's text tracks."""
    found = _answer(lambda: _site(endpoint).get(_path(asset))["items"], as_json)
    if as_json:
        typer.echo(json.dumps(found))
        return
    table = Table("track", "language", "label", "kind", "from", "version", "cues")
    for track in found:
        kind = track["kind"] + (", SDH" if track["sdh"] else "")
        made = track["source"] + (", draft" if track["draft"] else "")
        columns = (track["id"], track["language"], escape(track["label"]), kind, made)
        table.add_row(*columns, str(track["version"]), str(track["cue_count"]))
    results().print(table)


@app.command("add")
def add_track(
    asset: Asset,
    file: File,
    language: Annotated[str, typer.Option("--language", "-l", help="As `en`, `pt-BR`, `zh-Hant`.")],
    captions: Annotated[bool, typer.Option("--captions", help="In the language that is spoken.")] = False,
    sdh: Annotated[bool, typer.Option("--sdh", help="Also tells sounds, for those who do not hear.")] = False,
    forced: Annotated[bool, typer.Option("--forced", help="Only what must be read to follow the film.")] = False,
    default: Annotated[bool, typer.Option("--default", help="Shown unless the viewer chooses otherwise.")] = False,
    label: Annotated[str | None, typer.Option(help="Its name for viewers; the language's if left out.")] = None,
    endpoint: At = DEFAULT_SITE,
    as_json: AsJson = False,
) -> None:
    """Bring a subtitle file to a film. What can be mended in it is mended, and said."""
    body: Json = {
        "text": read_text(file),
        "language": language,
        "kind": "captions" if captions else "subtitles",
        "sdh": sdh,
        "forced": forced,
        "default": default,
        **({"label": label} if label else {}),
    }
    key = str(uuid.uuid4())
    _tell(_answer(lambda: _site(endpoint).post(_path(asset), body, idempotency_key=key), as_json), as_json)


@app.command("show")
def show_track(
    asset: Asset,
    track: Track,
    version: Annotated[int | None, typer.Option(min=1, help="An earlier version.")] = None,
    endpoint: At = DEFAULT_SITE,
    as_json: AsJson = False,
) -> None:
    """Print a track's text as WebVTT; --json: its cues."""
    query = {} if version is None else {"version": str(version)}
    shown = _answer(lambda: _site(endpoint).get(f"{_path(asset)}/{track}", **query), as_json)
    typer.echo(json.dumps(shown) if as_json else as_vtt(shown["cues"]), nl=as_json)


@app.command("edit")
def edit_track(asset: Asset, track: Track, file: File, endpoint: At = DEFAULT_SITE, as_json: AsJson = False) -> None:
    """Replace a track's text by a file; a new version of it."""
    body = {"text": read_text(file)}
    edited = _answer(lambda: _site(endpoint).call("PUT", f"{_path(asset)}/{track}", body=body).body, as_json)
    _tell(edited, as_json)


@app.command("remove")
def remove_track(asset: Asset, track: Track, endpoint: At = DEFAULT_SITE, as_json: AsJson = False) -> None:
    """Take a track away, with all its versions."""
    _answer(lambda: _site(endpoint).call("DELETE", f"{_path(asset)}/{track}"), as_json)
    typer.echo(json.dumps({"removed": track}) if as_json else f"{track} is gone.")


@app.command("transcript")
def supply_transcript(
    asset: Asset,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Every word that is spoken, as text.", exists=True)],
    endpoint: At = DEFAULT_SITE,
    as_json: AsJson = False,
) -> None:
    """Say what is said in a film: its captions are made again, of these words at their times."""
    body = {"text": read_text(file)}
    accepted = _answer(lambda: _site(endpoint).call("PUT", f"/assets/{asset}/transcript", body=body).body, as_json)
    typer.echo(json.dumps(accepted) if as_json else "Accepted; `marquee tracks list` shows when it is done.")


def read_text(file: Path) -> str:
    """UTF-8 or UTF-16 as the file says, else what most old files in Latin letters are in."""
    body = file.read_bytes()
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body.decode("utf-16", "replace")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")


def as_vtt(cues: list[Json]) -> str:
    """The cues as a WebVTT file."""
    blocks = ["WEBVTT"]
    for cue in cues:
        text = cue["text"].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        blocks.append(f"{_clock(cue['start_seconds'])} --> {_clock(cue['end_seconds'])}\n{text}")
    return "\n\n".join(blocks) + "\n"


def _clock(seconds: float) -> str:
    minutes, milliseconds = divmod(round(seconds * 1000), 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{milliseconds // 1000:02d}.{milliseconds % 1000:03d}"


def _path(asset: str) -> str:
    return f"/assets/{asset}/tracks"


def _tell(track: Json, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(track))
        return
    console.print(f"[green]{track['id']}[/] is there: {track['cue_count']} cues, version {track['version']}.")
    for note in track["notes"]:
        console.print(f"  {note}")


def _site(address: str) -> Endpoint:
    """The site as whoever is signed in there."""
    from cli.identity import Identity, endpoint_of

    return endpoint_of(Identity(address))


def _answer(call: Callable[[], Answered], as_json: bool) -> Answered:
    """The call's answer; a refusal is told and ends the command with 1."""
    try:
        return call()
    except EndpointError as error:
        tell_error(error, as_json)
        raise typer.Exit(1) from error
