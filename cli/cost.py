"""`marquee cost`: what a month of an environment costs, from its templates and the dated price file."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from cli.control_plane import LOCAL, LOCAL_TEMPLATES
from cli.costs.assembly import Assembly
from cli.costs.estimate import Estimate, Month, estimate
from cli.costs.lines import Line, total
from cli.costs.prices import Assumptions, Prices, Unpriced
from cli.display import console, tell_error
from cli.endpoint import EndpointError
from cli.site import EnvironmentOption, JsonOption, environment_of

ROOT = Path(__file__).resolve().parents[1]
# Where templates may be already: of all environments, of the one that runs here.
ASSEMBLIES = (ROOT / "build" / "cdk.out", ROOT / "cdk.out")
LEAST_SHOWN = 0.005
LONGEST_SYNTHESIS_SECONDS = 600

app = typer.Typer()


@app.command()
def cost(
    context: typer.Context,
    films: Annotated[int, typer.Option(min=0, help="New films in the month.")] = 0,
    hours: Annotated[float, typer.Option(min=0.01, help="How long each is.")] = 1.5,
    viewers: Annotated[int, typer.Option(min=0, help="Viewers in the month.")] = 0,
    watched: Annotated[
        float | None,
        typer.Option(min=0.0, help="Hours that each viewer watches; one film if left out.", show_default=False),
    ] = None,
    library: Annotated[int, typer.Option(min=0, help="Films that are there already, as long as the new ones.")] = 0,
    assume: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="Another value for one of infra/assumptions.toml.", show_default=False),
    ] = None,
    assembly: Annotated[
        Path | None,
        typer.Option(help="A folder of templates, as `cdk synth` writes it; today's if left out.", show_default=False),
    ] = None,
    environment: EnvironmentOption = None,
    as_json: JsonOption = False,
) -> None:
    """Estimate a month: what an environment costs while nothing happens, a minute of film, an hour of a viewer.

    Every resource of its templates is counted by the price file (infra/prices.toml, with its date and sources);
    AWS is not asked. Beside it: the same films at MediaConvert and Mux.
    """
    del environment
    named = environment_of(context) or LOCAL_TEMPLATES
    try:
        assumed = Assumptions.read(assume or ())
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    month = Month(films, hours, viewers, hours if watched is None else watched, library)
    try:
        prices = Prices.read()
        found = estimate(_templates(LOCAL_TEMPLATES if named == LOCAL else named, assembly), prices, assumed, month)
    except (EndpointError, Unpriced) as error:
        told = error if isinstance(error, EndpointError) else EndpointError(str(error), code="unpriced")
        tell_error(told, as_json)
        raise typer.Exit(1) from error
    if as_json:
        head = {"environment": named, "date": prices.date, "region": prices.region, "sources": dict(prices.sources)}
        typer.echo(json.dumps({**head, **found.document()}))
        return
    _show(Console(), named, prices, found)


def _templates(environment: str, given: Path | None) -> Assembly:
    """Those that were given, or that are there and no older than what they are made of; else synthesized now.

    Raises EndpointError."""
    there = [folder for folder in ASSEMBLIES if _is_current(folder, environment)] if given is None else [given]
    if there:
        try:
            return Assembly.load(there[0], environment)
        except FileNotFoundError as error:
            raise EndpointError(
                f"There are no templates of {environment} in {there[0]}.", code="not_synthesized"
            ) from error
    console.print(f"[dim]Synthesizing {environment} …[/]")
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "infra.synthesize", environment, folder]
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=LONGEST_SYNTHESIS_SECONDS, check=False
        )
        if done.returncode != 0:
            said = done.stderr.strip() or "The templates could not be made."
            raise EndpointError(said.splitlines()[-1], code="not_synthesized")
        return Assembly.load(Path(folder), environment)


def _is_current(folder: Path, environment: str) -> bool:
    manifest = folder / f"assembly-Marquee-{environment}" / "manifest.json"
    if not manifest.exists():
        return False
    made_of = [ROOT / "app.py", ROOT / "cdk.json", *(ROOT / "infra").rglob("*.py")]
    return manifest.stat().st_mtime > max(file.stat().st_mtime for file in made_of)


def _show(out: Console, environment: str, prices: Prices, found: Estimate) -> None:
    out.print(
        f"[bold]Marquee {environment}[/], US dollars, {prices.region}, prices of {prices.date} (infra/prices.toml)"
    )
    month = found.month
    out.print(_lines("A month in which nothing happens", found.idle, digits=2))
    out.print(_lines("A minute of film, once", found.film_minute, digits=5))
    out.print(_lines("A minute of film in the library, each month", found.kept_minute, digits=5))
    out.print(_lines("An hour of a viewer", found.viewer_hour, digits=5))
    table = Table("this month", "dollars", title="Together", title_justify="left", title_style="bold")
    table.columns[1].justify = "right"
    table.add_row("standing there", f"{total(found.idle):,.2f}")
    table.add_row(f"{month.films} films of {month.hours:g} h, made", f"{found.making:,.2f}")
    table.add_row(f"{month.films + month.library} films, kept", f"{found.keeping:,.2f}")
    table.add_row(f"{month.viewer_hours:,.0f} hours of {month.viewers:,} viewers, watched", f"{found.watching:,.2f}")
    table.add_row("[bold]all", f"[bold]{found.dollars:,.2f}")
    out.print(table)
    beside = Table("beside", "here", "there", title="Others", title_justify="left", title_style="bold")
    beside.columns[1].justify = beside.columns[2].justify = "right"
    encoding = found.encoding_minute
    beside.add_row("MediaConvert, a minute encoded", f"{encoding:.5f}", f"{found.mediaconvert.price:.5f}")
    made = encoding * month.made_minutes
    beside.add_row("MediaConvert, these films encoded", f"{made:,.2f}", f"{found.mediaconvert.dollars:,.2f}")
    beside.add_row("Mux, this month", f"{found.dollars:,.2f}", f"{total(found.mux):,.2f}")
    out.print(beside)
    free = sum(line.listed for line in found.idle) - total(found.idle)
    out.print(f"[dim]AWS gives each account some for nothing; where another environment has it, {free:.2f} more.[/]")


def _lines(title: str, lines: Sequence[Line], *, digits: int) -> Table:
    """Without those that come to nothing."""
    table = Table("service", "what", "quantity", "each", "dollars", title=title, title_justify="left", box=None)
    for column in table.columns[2:]:
        column.justify = "right"
    least = LEAST_SHOWN / 10 ** (digits - 2)
    for line in lines:
        if line.dollars >= least:
            each = f"{line.price:.6g}"
            table.add_row(
                line.service, line.what, f"{line.quantity:.6g} {line.unit}", each, f"{line.dollars:,.{digits}f}"
            )
    table.add_row("", "[bold]together", "", "", f"[bold]{total(lines):,.{digits}f}")
    return table
