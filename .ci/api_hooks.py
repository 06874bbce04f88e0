"""What schemathesis cannot know: changes are made on the room as it is now, or they are all answered with a conflict."""

import os

import requests
import schemathesis

CHANGES = "/api/platform/launch-room/changes"
BASE = os.environ["LAUNCHROOM_BASE"]
HEADERS = {"Authorization": f"Bearer {os.environ['LAUNCHROOM_TOKEN']}"}


@schemathesis.hook
def before_call(context, case, kwargs):
    body = case.body
    if case.operation.path == CHANGES and isinstance(body, dict) and isinstance(body.get("base_revision"), str):
        body["base_revision"] = requests.get(f"{BASE}/api/platform/launch-room", headers=HEADERS, timeout=10).json()["revision"]
