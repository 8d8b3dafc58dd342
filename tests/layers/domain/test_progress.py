"""How far a job is."""

from hypothesis import given
from hypothesis import strategies as st
from marquee.domain.clock import utc_now
from marquee.domain.jobs import TASK_WEIGHTS, Job, PartWeights, Task, TaskStatus, new_job
from marquee.domain.progress import ALMOST, measure

STATES = st.sampled_from(["pending", "running", "completed", "failed", "skipped"])


def job(states: dict[str, TaskStatus], *, progress: float = 0.0, video: tuple[float, ...] = (1.0, 1.0)) -> Job:
    made = new_job("job_1", asset_id="a", upload_id="u", version=1, filename="f", now=utc_now())
    tasks = {name: Task(status=states.get(name, "pending")) for name in made.tasks}
    weights = PartWeights(video=video, audio=(1.0,))
    return made.model_copy(update={"status": "running", "tasks": tasks, "weights": weights, "progress": progress})


def test_tasks_are_worth_one_together() -> None:
    assert abs(sum(TASK_WEIGHTS.values()) - 1) < 1e-9


def test_video_is_the_mean_of_its_shards_by_weight() -> None:
    measured = measure(job({"video": "running"}, video=(1, 3)), {("video", 0): 1.0, ("video", 1): 0.5})

    assert measured.tasks["video"] == 0.62  # (1 + 1.5) / 4, shown in whole hundredths


def test_a_task_without_parts_stays_where_it_is() -> None:
    assert measure(job({"probe": "running"}), {}).tasks["probe"] == 0.0


@given(
    states=st.fixed_dictionaries(dict.fromkeys(TASK_WEIGHTS, STATES)),
    fractions=st.lists(st.floats(0, 2), min_size=3, max_size=3),
    shown=st.floats(0, ALMOST),
)
def test_whatever_is_known_progress_rises_and_ends_below_one(
    states: dict[str, TaskStatus], fractions: list[float], shown: float
) -> None:
    known = {("video", 0): fractions[0], ("video", 1): fractions[1], ("audio", 0): fractions[2]}
    running = job(states, progress=shown)
    measured = measure(running, known)
    less = measure(running, {part: value / 2 for part, value in known.items()})

    assert shown <= less.overall <= measured.overall <= ALMOST
    assert all(0 <= value <= 1 for value in measured.tasks.values())
