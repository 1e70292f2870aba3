"""The loaded model and the bounded threads that use it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar, cast

from starlette.requests import Request

import classifier
from classifier.annotator import Annotator
from classifier.errors import ArtifactError
from service.errors import NotReadyError
from service.live_project import LiveProject
from service.project import Project
from service.settings import Settings
from service.settling import settle

logger = logging.getLogger("overclaim.service")
T = TypeVar("T")


class Engine:
    """What the routes share: settings, one annotator, and a limit on how many threads score at once.

    Parameters
    ----------
    settings : Settings
    annotator : Annotator, optional
        A loaded model; without one, ``load`` reads it.

    Raises
    ------
    ProjectError
        If the settings name a project that can't be used.
    """

    def __init__(self, settings: Settings, annotator: Annotator | None = None) -> None:
        self.settings = settings
        self._annotator = annotator
        # A thread begins when it is first needed, and ends with the engine.
        self._threads = ThreadPoolExecutor(settings.threads, "overclaim-score")
        self._project = LiveProject(settings.project) if settings.project else None

    @property
    def ready(self) -> bool:
        """True once a model is loaded."""
        return self._annotator is not None

    @property
    def annotator(self) -> Annotator:
        """The loaded model.

        Raises
        ------
        NotReadyError
            If none is loaded.
        """
        if self._annotator is None:
            raise NotReadyError
        return self._annotator

    @property
    def project(self) -> Project | None:
        """The settings of the project that the server was started for, as they are now; None if there are none."""
        return self._project.current if self._project else None

    async def load(self) -> None:
        """Load the model, if none was handed in.

        A model that can't be loaded is logged, and the service stays up but not ready: an operator then reads the
        reason in the log instead of watching a process that restarts for ever.
        """
        if self._annotator is not None:
            return
        try:
            self._annotator = await self.run(partial(classifier.load, self.settings.model))
        except ArtifactError as err:
            logger.error("no model: %s", err)
        else:
            settle()
            logger.info("model %s loaded", self._annotator.model.version)

    async def run(self, work: Callable[[], T]) -> T:
        """Run CPU work in one of at most ``settings.threads`` threads; others wait their turn.

        The event loop stays free meanwhile. The work is finished even if the client goes away.
        """
        # Not anyio's threads: to them and back takes longer, and what is asked after each keystroke is soon done.
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


def engine_of(request: Request) -> Engine:
    """Return the engine of the application that a request came to."""
    return cast(Engine, request.app.state.engine)
