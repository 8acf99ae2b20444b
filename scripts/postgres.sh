#!/usr/bin/env bash
# postgres.sh start FOLDER [durable]: makes a PostgreSQL cluster in FOLDER, on a free loopback port, and prints its address.
# postgres.sh stop FOLDER:            ends it and removes the folder.
# For tests a crash may lose its data (fsync is off); `durable` keeps it, as a measurement needs. Nobody but who reads
# FOLDER knows its password.
set -euo pipefail
what=${1:?start or stop}
folder=${2:?a folder}

programs=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
[ -n "$programs" ] || programs=$(dirname "$(command -v initdb)")

# PostgreSQL refuses to run as root.
as_postgres() {
    if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --init-groups -- "$@"; else "$@"; fi
}

case "$what" in
start)
    mkdir -p "$folder"
    password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    echo "$password" >"$folder/password"
    port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
    [ "$(id -u)" = 0 ] && chown -R postgres "$folder"
    careless="-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    [ "${3:-}" != durable ] || careless=''
    cd "$folder"
    as_postgres "$programs/initdb" -D "$folder/data" -U suoja --auth=scram-sha-256 --pwfile="$folder/password" \
        --encoding=UTF8 --locale=C --no-sync >/dev/null
    as_postgres "$programs/pg_ctl" -D "$folder/data" -l "$folder/log" -w start -o \
        "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=400 $careless" >/dev/null
    echo "postgres://suoja:$password@127.0.0.1:$port/postgres"
    ;;
stop)
    cd "$folder"
    as_postgres "$programs/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null || true
    cd /
    rm -rf "$folder"
    ;;
*)
    echo "postgres.sh start|stop FOLDER" >&2
    exit 1
    ;;
esac
