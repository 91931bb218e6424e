# Names and addresses of the test node, in one place; sourced by build, up and down.
# shellcheck shell=bash disable=SC2034
NODE_DIR=${MILLRACE_CLUSTER_DIR:-$HOME/.cache/millrace/node}
BIN=$NODE_DIR/bin            # programs: kept, they take minutes to build
RUN=$NODE_DIR/run            # everything of the running node: removed by down

NETNS=millrace-e2e           # the node's network namespace; the host's own rules stay untouched
HOST_LINK=millrace-e2e0      # the host's end of the cable into it
NODE_NET=10.91.0.0/24 HOST_IP=10.91.0.1 NODE_IP=10.91.0.2
PODS=10.245.0.0/16 NODE_PODS=10.245.0.0/24
SERVICES=10.97.0.0/16 API_IP=10.97.0.1 DNS_IP=10.97.0.10
NODE_NAME=millrace-e2e
SOCKET=$RUN/containerd.sock

say() { printf '%s %s\n' "$(date +%T)" "$*" >&2; }
die() { say "$*"; exit 1; }
