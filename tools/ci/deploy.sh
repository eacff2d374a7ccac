#!/bin/sh
# Which steps bring a stack to its environment? Up, after repairing what an interrupted run left, and a preview that
# must be empty.
#
# The program's packages are there already: they are installed before anybody has credentials.
set -eu
cd "$(dirname "$0")/../.."

stack=${1:?"usage: tools/ci/deploy.sh STACK"}
if [ ! -f "Pulumi.$stack.yaml" ]; then
  echo "error: there is no Pulumi.$stack.yaml." >&2
  exit 1
fi

.venv/bin/python -m fairlead up --yes --stack "$stack"

# A stack that wants to change again was not what its program says: a provider's default, or somebody's hand.
if ! pulumi preview --non-interactive --color never --diff --expect-no-changes --stack "$stack"; then
  echo "error: $stack is up, but the next up would change it again; see the preview above." >&2
  exit 1
fi
