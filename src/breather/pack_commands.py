"""`breather pack`: begin a pack, check it, look at it, compare two, sign it, and find out whether it was altered."""

import os
from pathlib import Path
from typing import Annotated

import typer

from breather import authoring
from breather.clock import SystemClock
from breather.domain.instant import format_instant
from breather.settings import read_settings
from breather.trust_commands import refusals

pack = typer.Typer(
    help="Packs: what the agency wrote. Begin one, check it, look at it, compare, sign, verify.", no_args_is_help=True
)


@pack.command("new")
def pack_new(
    folder: Annotated[Path, typer.Argument(help="A new folder; its name becomes the pack's.")],
    jurisdiction: Annotated[str, typer.Option(help="The place, as ISO 3166-1 has it, such as HK.")],
    locale: Annotated[list[str], typer.Option(help="A language, such as zh-Hant; may be given several times.")],
    like: Annotated[str, typer.Option(help="A sample, or a folder, whose words stand there as examples.")] = "macau-pj",
) -> None:
    """Begin a pack: every key in every language, and nothing said yet."""
    with refusals():
        places = authoring.begin_pack(folder, like, jurisdiction, locale)
        typer.echo(f"{folder}: {places} places are to be filled in; `breather pack check {folder}` shows the next ones")


@pack.command("check")
def pack_check(
    folder: Path,
    at: Annotated[str | None, typer.Option(help="A day or an instant, such as 2027-03-01; now if left out.")] = None,
) -> None:
    """Check a pack's signature, its words in every locale, and its numbers."""
    with refusals():
        instant = authoring.check_time(SystemClock(), at)
        found = authoring.check_pack_folder(read_settings(os.environ), instant, folder)
        for warning in found.warnings:
            typer.echo(f"warning  {warning}", err=True)
        signed = "signed" if found.signed else "not signed yet"
        when = "" if at is None else f" at {format_instant(instant)}"
        said = f"{found.pack.id} version {found.pack.version}: {', '.join(found.pack.locales)}"
        typer.echo(f"{said}; {signed}, complete, in date{when}")


@pack.command("preview")
def pack_preview(
    folder: Path,
    file: Annotated[Path | None, typer.Argument(help="Where the page goes; FOLDER.html if left out.")] = None,
) -> None:
    """Write one page with every alert in every language, at the width of a phone and of a desktop."""
    with refusals():
        page = authoring.preview_pack(folder)
        target = file or Path(f"{folder.resolve().name}.html")
        target.write_text(page, "utf-8")
        typer.echo(f"{target}: {len(page.encode()):,} bytes; open it in a browser")


@pack.command("diff")
def pack_diff(before: Path, after: Path) -> None:
    """Say what changed between two versions, file by file and sentence by sentence."""
    with refusals():
        changes = authoring.compare_packs(before, after)
        for change in changes:
            typer.echo(str(change))
        typer.echo(f"places that differ: {len(changes)}", err=True)


@pack.command("key")
def pack_key(file: Annotated[Path, typer.Argument(help="A new file for the private half.")]) -> None:
    """Make a key that packs are signed with, on the machine where they will be signed."""
    with refusals():
        public, kid = authoring.make_signing_key(file)
        typer.echo(f"the key {kid}: {file} stays here; {public} goes to each exchange, into pack-signers")


@pack.command("sign")
def pack_sign(
    folder: Path, key: Annotated[Path, typer.Option(help="The private half of the agency's key for packs.")]
) -> None:
    """Sign a pack that is complete and right. What is signed has a hash; quote it when two people compare."""
    with refusals():
        settings = read_settings(os.environ)
        hashed, kid = authoring.sign_pack_folder(settings, SystemClock(), folder, key)
        typer.echo(f"{hashed}  {folder}, signed by the key {kid} for {settings.mode} mode")


@pack.command("verify")
def pack_verify(
    folder: Path,
    key: Annotated[
        list[Path] | None, typer.Option(help="A public half that is trusted; those in the key folder if left out.")
    ] = None,
) -> None:
    """Find out whether a pack is, to the letter, what its agency signed."""
    with refusals():
        hashed, kid = authoring.verify_pack_folder(read_settings(os.environ), folder, key or ())
        worthless = ", which is published and proves nothing" if authoring.is_sample_key(kid) else ""
        typer.echo(f"{hashed}  {folder}, as it was signed by the key {kid}{worthless}")
