"""The HTTP application: wires routes, errors and the model together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from classifier.annotator import Annotator
from service import errors
from service.access import AccessMiddleware
from service.engine import Engine
from service.feedback.desk import Desk
from service.languagetool.paths import PathMiddleware
from service.languagetool.routes import router as languagetool
from service.routes import annotate, feedback, health, labels, page
from service.settings import Settings, load_settings
from service.version import version


def create_app(settings: Settings | None = None, annotator: Annotator | None = None) -> FastAPI:
    """Build the application.

    Parameters
    ----------
    settings : Settings, optional
        Read from the environment by default.
    annotator : Annotator, optional
        A loaded model; by default the model of the settings is loaded when the server starts.

    Returns
    -------
    FastAPI

    Raises
    ------
    SettingsError
        If the environment holds a bad setting.
    ProjectError
        If the settings name a project that can't be used.
    CommandError
        If feedback is on and can't be stored where the settings say, or SQLAlchemy isn't installed.
    """
    engine = Engine(settings or load_settings(), annotator)
    desk = Desk(engine.settings.feedback.get_secret_value())

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await engine.load()
        await desk.open()
        yield
        await desk.close()

    app = FastAPI(
        title="Overclaim",
        version=version(),
        summary="Marks, word by word, where health news claims more than its evidence allows.",
        lifespan=lifespan,
        # The documentation pages load scripts from a CDN; /openapi.json serves any viewer of one's own.
        docs_url=None,
        redoc_url=None,
    )
    app.state.engine = engine
    app.state.desk = desk
    errors.install(app)
    # The last one added is the outermost: the access log must see the status of errors, and the path as it is read.
    app.add_middleware(errors.SafeErrorsMiddleware)
    app.add_middleware(AccessMiddleware)
    app.add_middleware(PathMiddleware)
    for router in (annotate.router, labels.router, feedback.router, health.router, page.router, languagetool):
        app.include_router(router)
    app.mount("/web", StaticFiles(directory=page.STATIC), name="web")
    return app
