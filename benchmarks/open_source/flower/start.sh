#!/bin/sh
set -e
: "${BROKER_URL:=memory://}"
export FLOWER_PORT="${FLOWER_PORT:-5555}"
exec celery --app tasks --broker "$BROKER_URL" flower --address=0.0.0.0
