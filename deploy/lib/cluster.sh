# A private PostgreSQL cluster: its own data folder, a socket in its own folder, no TCP, nothing of the machine's own
# clusters touched. Sourced after common.sh. All of it runs as the user who owns the state folder.
# shellcheck shell=bash

# cluster_socket STATE: where the socket lives. A path over 107 bytes cannot be bound: then a short folder stands in.
cluster_socket() {
    local folder=$1/pg-socket
    if [ $((${#folder} + ${#cluster_socket_name})) -gt 107 ]; then
        folder=/tmp/duban-$(printf '%s' "$1" | cksum | cut -d' ' -f1)
    fi
    printf '%s\n' "$folder"
}
cluster_socket_name=/.s.PGSQL.5432

cluster_unset_environment() {
    local name
    for name in $(compgen -e | grep '^PG' || true); do unset "$name"; done
}

# cluster_make STATE USER: initdb, roles by peer with a map, so that least rights are exercised from the first day.
cluster_make() {
    local state=$1 user=$2
    [ -s "$state/pg/PG_VERSION" ] && return 0
    "$duban_pgbin/initdb" -D "$state/pg" -U duban_owner -E UTF8 --locale=C.UTF-8 --data-checksums \
        --auth-local=peer --auth-host=reject >"$state/log/initdb.log" 2>&1 || { tail "$state/log/initdb.log" >&2; return 1; }
    printf 'local all all peer map=duban\n' >"$state/pg/pg_hba.conf"
    local role
    for role in duban_owner duban_aggregator duban_alerter duban_reader duban_admin duban_board; do
        printf 'duban %s %s\n' "$user" "$role"
    done >"$state/pg/pg_ident.conf"
    cat >>"$state/pg/postgresql.conf" <<CONF
listen_addresses = ''
unix_socket_permissions = 0700
shared_buffers = 128MB
max_connections = 50
wal_level = replica
CONF
}

# cluster_service STATE: the line of services.json with which the supervisor runs it.
cluster_service() {
    local state=$1
    mkdir -p "$(cluster_socket "$state")" && chmod 700 "$(cluster_socket "$state")"
    printf '[{"name": "postgres", "argv": ["%s/postgres", "-D", "%s/pg", "-c", "unix_socket_directories=%s"], "steps": false}]\n' \
        "$duban_pgbin" "$state" "$(cluster_socket "$state")"
}

# cluster_ready STATE: waits until it answers, asserts that what answers is ours, and makes the database.
cluster_ready() {
    local state=$1 socket said pid tries=0
    socket=$(cluster_socket "$state")
    until "$duban_pgbin/pg_isready" -q -h "$socket"; do
        tries=$((tries + 1))
        [ $tries -lt 300 ] || { tail "$state/log/postgres.log" >&2; return 1; }
        sleep 0.1
    done
    said=$("$duban_pgbin/psql" -X -A -t -h "$socket" -U duban_owner -d postgres -c \
        "SELECT current_setting('data_directory') || '|' || current_setting('listen_addresses') || '|' || current_setting('data_checksums')")
    pid=$(head -n 1 "$state/pg/postmaster.pid")
    [ "$said" = "$state/pg||on" ] && kill -0 "$pid" ||
        die "the PostgreSQL at $socket is not the private one of $state (it says: $said)"
    "$duban_pgbin/psql" -X -A -t -h "$socket" -U duban_owner -d postgres -c "SELECT 1 FROM pg_database WHERE datname = 'duban'" |
        grep -qx 1 || "$duban_pgbin/createdb" -h "$socket" -U duban_owner duban
}
