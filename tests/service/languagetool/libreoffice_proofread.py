"""Runs in the Python that LibreOffice knows: proofreads paragraphs with its own LanguageTool checker.

``python3 libreoffice_proofread.py PORT ODT``: connects to a running soffice, opens the document, and prints what the
checker answers for each paragraph, as JSON.
"""

# The bridge comes with LibreOffice, not with our environment.
# mypy: disable-error-code="import-not-found"
from __future__ import annotations

import json
import sys
import time
from typing import Any

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.lang import Locale

CHECKER = "org.openoffice.lingu.LanguageToolGrammarChecker"


def connected(port: str) -> Any:
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    address = f"uno:socket,host=127.0.0.1,port={port};urp;StarOffice.ComponentContext"
    for _ in range(600):
        try:
            return resolver.resolve(address)
        except NoConnectException:
            time.sleep(0.1)
    raise SystemExit("soffice doesn't answer")


def proofread(context: Any, url: str) -> dict[str, Any]:
    manager = context.ServiceManager
    desktop = manager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
    document = desktop.loadComponentFromURL(url, "_blank", 0, (PropertyValue("Hidden", 0, True, 0),))
    english = Locale("en", "US", "")
    checker = manager.createInstanceWithContext(CHECKER, context)
    found = []
    paragraphs = document.Text.createEnumeration()
    while paragraphs.hasMoreElements():
        text = paragraphs.nextElement().getString()
        result = checker.doProofreading("1", text, english, 0, len(text), ())
        found.append(
            {
                "text": text,
                "errors": [
                    {
                        "start": error.nErrorStart,
                        "length": error.nErrorLength,
                        "short": error.aShortComment,
                        "full": error.aFullComment,
                        "suggestions": list(error.aSuggestions),
                        "properties": {entry.Name: entry.Value for entry in error.aProperties},
                    }
                    for error in result.aErrors
                ],
            }
        )
    document.close(False)
    registered = manager.createInstanceWithContext("com.sun.star.linguistic2.LinguServiceManager", context)
    proofreaders = registered.getAvailableServices("com.sun.star.linguistic2.Proofreader", english)
    desktop.terminate()
    return {"paragraphs": found, "proofreaders": list(proofreaders)}


if __name__ == "__main__":
    print(json.dumps(proofread(connected(sys.argv[1]), sys.argv[2])))
