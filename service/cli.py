"""The ``overclaim`` command: declares the options, and turns every error into one line and an exit code.

Exit codes: 0 done, 1 a ``--fail-on`` label was found, 2 bad usage or input, 130 stopped by Ctrl-C, 141 the reader of
the output went away.
"""

# Each command imports its work when it is called: spaCy and scikit-learn take longer to import than `--help` may take.
# (And a command has as many parameters as it has options; Typer passes them by name.)
# ruff: noqa: PLC0415

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from classifier.errors import OverclaimError
from service import console
from service.version import version

INTERRUPTED = 130
BROKEN_PIPE = 141

app = typer.Typer(
    help="Marks, word by word, where health news claims more than its evidence allows.",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

feedback_app = typer.Typer(help="What users said of marks: export and count it.")
app.add_typer(feedback_app, name="feedback")

Mode = Annotated[str, typer.Option(help="How sure a mark must be: strict, balanced or sensitive.")]
Labels = Annotated[list[str] | None, typer.Option("--label", help="Only this label; may be repeated.")]
Unit = Annotated[str, typer.Option(help="What JSON offsets count: codepoint, utf16 or utf8.")]
FeedbackFrom = Annotated[
    str | None,
    typer.Option("--from", metavar="URL|PATH", help="The database; by default that of OVERCLAIM_FEEDBACK."),
]
Model = Annotated[Path | None, typer.Option(help="Folder of the model; the shipped one by default.")]


def _print_version(asked: bool) -> None:
    if asked:
        print(f"overclaim {version()}")
        raise typer.Exit


@app.callback()
def options(
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version and stop.")
    ] = False,
) -> None:
    """Marks, word by word, where health news claims more than its evidence allows."""


@app.command()
def annotate(
    files: Annotated[list[str], typer.Argument(metavar="FILE", help="Articles; - reads standard input.")],
    output_format: Annotated[str, typer.Option("--format", help="text, json, jsonl or html.")] = "text",
    mode: Annotated[
        str | None,
        typer.Option(
            help="How sure a mark must be: strict, balanced or sensitive; the project's by default, else balanced."
        ),
    ] = None,
    label: Labels = None,
    offset_unit: Unit = "codepoint",
    title: Annotated[str | None, typer.Option(help="The headline, if it isn't in the file.")] = None,
    fail_on: Annotated[
        list[str] | None, typer.Option(help="Exit 1 if this label is found, or any at all; may be repeated.")
    ] = None,
    model: Model = None,
    form: Annotated[
        str | None, typer.Option(help="How files are read: plain, markdown or html; by default by their endings.")
    ] = None,
    project: Annotated[
        bool, typer.Option(" /--no-project", help="Don't use the settings in .overclaim.toml.", show_default=False)
    ] = True,
    ids: Annotated[bool, typer.Option("--ids", help="In text, show each mark's id, too: `hide` takes it.")] = False,
) -> int:
    """Mark the overclaims of articles.

    With one FILE, json prints the same object as the HTTP service; with several, a list of such objects, each with a
    further key "file". jsonl prints one object with "file" a line.
    """
    from service.commands import annotate as command

    return command.run(
        files,
        output_format=output_format,
        mode=mode,
        labels=label or [],
        offset_unit=offset_unit,
        title=title,
        fail_on=fail_on or [],
        model=model,
        form=form,
        use_project=project,
        ids=ids,
    )


@app.command()
def hide(
    ids: Annotated[list[str], typer.Argument(metavar="ID", help="What to hide: ids of spans, or labels.")],
    project: Annotated[
        Path | None, typer.Option(help="Folder of the .overclaim.toml to write; by default the nearest one above.")
    ] = None,
) -> int:
    """Hide marks for good, in a project's .overclaim.toml, which is made if there is none.

    The id of a mark is in the JSON output, and with `annotate --ids` in the text. It stays the same as long as its
    sentence does.
    """
    from service.commands import hide as command

    return command.run(ids, project)


@app.command()
def batch(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="IN... OUT",
            help="IN: JSON Lines, CSV, Parquet, WARC, or a folder of articles; - is standard input. "
            "OUT, the last: JSON Lines, Parquet or CSV to write, by the end of its name, JSON Lines if it has none; "
            "- prints JSON Lines.",
        ),
    ],
    form: Annotated[str | None, typer.Option("--from", metavar="FORMAT", help="Of IN, if its name tells none.")] = None,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="FORMAT", help="Of OUT, if its name tells none: jsonl, parquet or csv."),
    ] = None,
    id_column: Annotated[str | None, typer.Option(help="Which column is the id; id by default.")] = None,
    text_column: Annotated[str, typer.Option(help="Which column is the article.")] = "text",
    title_column: Annotated[str, typer.Option(help="Which column is its headline, if that is apart.")] = "title",
    keep_text: Annotated[bool, typer.Option("--keep-text", help="Write the articles themselves, too.")] = False,
    jobs: Annotated[int | None, typer.Option(min=1, help="How many processes; one for each core by default.")] = None,
    engine: Annotated[str, typer.Option(help="local, or spark for Apache Spark, which writes Parquet.")] = "local",
    master: Annotated[str | None, typer.Option(help="Of Spark, as in local[4] or yarn; local[*] by default.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False,
    mode: Mode = "balanced",
    label: Labels = None,
    offset_unit: Unit = "codepoint",
    model: Model = None,
) -> int:
    """Score archives of articles; a killed run goes on where it stopped.

    Records that can't be scored go to OUT.errors.jsonl, with their place and the reason.
    """
    from service.commands import batch as command
    from service.commands import batch_spark

    # One argument for both: of two, the parser would give the only path to OUT, and say that IN is missing.
    *sources, out = paths
    if not sources:
        raise console.CommandError(f"OUT is missing: say what to write after {out}, or - to print it")
    batch_spark.check_engine(engine, master)
    run = partial(batch_spark.run, master=master) if engine == "spark" else command.run
    return run(
        sources,
        out,
        form=form,
        to=to,
        id_column=id_column,
        text_column=text_column,
        title_column=title_column,
        keep_text=keep_text,
        jobs=jobs,
        quiet=quiet,
        mode=mode,
        labels=label or [],
        offset_unit=offset_unit,
        model=model,
    )


@app.command()
def report(
    archive: Annotated[
        Path, typer.Argument(metavar="OUT", help="What `overclaim batch` wrote: JSON Lines or Parquet.")
    ],
    by: Annotated[list[str] | None, typer.Option(help="Column to group by, or month or year; may be repeated.")] = None,
    date_column: Annotated[str | None, typer.Option(help="Which column is the date; date or published, else.")] = None,
    output: Annotated[Path | None, typer.Option(help="The page to write; OUT.html by default.")] = None,
) -> int:
    """Write one page of figures about an archive: shares of articles and sentences marked, by label, time and outlet.

    Groups by month or year and by outlet, if there are such columns, unless --by says otherwise.
    """
    from service.commands import report as command

    return command.run(archive, output=output, by=by or [], date_column=date_column)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; OVERCLAIM_HOST, else 127.0.0.1.")] = None,
    port: Annotated[int | None, typer.Option(help="Port, 0 for any free one; OVERCLAIM_PORT, else 8000.")] = None,
    model: Model = None,
    project: Annotated[
        Path | None, typer.Option(help="Folder of a project; its .overclaim.toml holds for texts from editors.")
    ] = None,
    open_browser: Annotated[bool, typer.Option("--open", help="Show the page in a browser.")] = False,
) -> int:
    """Run the HTTP service and its web page."""
    from service.commands import serve as command

    return command.run(host=host, port=port, model=model, open_browser=open_browser, project=project)


@app.command()
def lsp(
    tcp: Annotated[
        str | None, typer.Option(metavar="[HOST:]PORT", help="Listen here instead of standard input and output.")
    ] = None,
    model: Model = None,
) -> int:
    """Run the language server for an editor."""
    from service.commands import lsp as command

    return command.run(tcp=tcp, model=model)


@feedback_app.command("export")
def feedback_export(
    out: Annotated[str, typer.Argument(metavar="OUT", help="The file to write; - prints JSON Lines.")],
    place: FeedbackFrom = None,
    output_format: Annotated[
        str, typer.Option("--format", help="jsonl: each verdict. standoff: labels for training, and their texts.")
    ] = "jsonl",
    since: Annotated[str | None, typer.Option(metavar="DATE", help="The first day, as in 2026-11-23.")] = None,
) -> int:
    """Export what users said of marks, for the next training."""
    from service.commands import feedback as command

    return command.export(out, place=place, output_format=output_format, since=since)


@feedback_app.command("stats")
def feedback_stats(place: FeedbackFrom = None) -> int:
    """Count what users said of marks, by label and verdict."""
    from service.commands import feedback as command

    return command.stats(place)


@app.command()
def labels() -> int:
    """List the labels."""
    from classifier.labels import labels as all_labels

    console.use_utf8(sys.stdout)
    for label in all_labels().values():
        print(f"{label.id}: {label.title}. {label.message}")
    return 0


@app.command()
def train(
    corpus: Annotated[Path | None, typer.Option(help="The corpus; without it a smaller model is trained.")] = None,
    out: Annotated[Path, typer.Option(help="Folder for the new model.")] = Path("models"),
    seed: Annotated[int, typer.Option(help="Seed of everything random.")] = 0,
) -> int:
    """Train a model and print where it is."""
    from classifier.training.train import train as train_model

    print(train_model(corpus, out, seed))
    return 0


@app.command()
def evaluate(
    corpus: Annotated[Path | None, typer.Option(help="The corpus.")] = None,
    model: Model = None,
    split: Annotated[str, typer.Option(help="Which part of the data.")] = "dev",
    out: Annotated[Path | None, typer.Option(help="Write the figures here, too.")] = None,
    errors: Annotated[
        int | None, typer.Option(min=0, help="How many of the worst errors to print; in a terminal 20, else none.")
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Train baselines and variants, too, for the card.")] = False,
    minilm: Annotated[
        Path | None, typer.Option(help="With --full: folder of a MiniLM model, for one more baseline.")
    ] = None,
) -> int:
    """Measure a model.

    Takes seconds; with --full it takes many minutes, and writes the model's metrics.json, card and pictures anew.
    """
    from classifier.training.evaluate import evaluate as evaluate_model

    if minilm is not None and not full:
        raise typer.BadParameter("it is used with --full only", param_hint="--minilm")
    # The articles' words belong to others: a pipe or a file gets them only if somebody asks.
    wanted = (20 if sys.stdout.isatty() else 0) if errors is None else errors
    evaluate_model(corpus, model, split, out, errors=wanted, full=full, minilm=minilm)
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Parameters
    ----------
    arguments : sequence of str, optional
        Without the program's name; those of the process by default.

    Returns
    -------
    int
        The exit code.
    """
    try:
        result = app(args=arguments, prog_name="overclaim", standalone_mode=False)
        # A closed pipe may show only now; later, the interpreter would complain about it.
        sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except typer.TyperException as err:
        console.error(f"{err.format_message()} (see overclaim --help)")
    except OverclaimError as err:
        console.error(str(err))
    except BrokenPipeError:
        console.silence(sys.stdout)
        return BROKEN_PIPE
    except SystemExit as err:
        # Typer and rich end the process with 1 at a broken pipe, which would read as a `--fail-on` that was met.
        if not isinstance(err.__context__, BrokenPipeError):
            raise
        console.silence(sys.__stdout__)
        return BROKEN_PIPE
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except OSError as err:
        console.error(f"{err.filename or 'input or output'}: {(err.strerror or type(err).__name__).lower()}")
    except Exception as err:
        from service.errors import safe_traceback

        # A defect of ours. Its message might quote the article, so only its place is shown.
        console.error(f"internal error, please report it: {safe_traceback(err)}")
    return 2


if __name__ == "__main__":
    sys.exit(main())
