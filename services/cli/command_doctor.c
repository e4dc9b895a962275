/* duban doctor: one screen; the first line that is not ok is where to look. Exit 1 when something is wrong. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/domain/calendar_days.h"
#include "common/report/json.h"
#include "common/store/programme.h"
#include "common/store/query_doctor.h"
#include "services/cli/cli.h"
#include "services/cli/settle_read.h"

enum { CHECKS_MAX = 64, CHECK_TEXT_MAX = 300, STUCK_MINUTES = 30 };
struct checks {
    struct check {
        char name[40], text[CHECK_TEXT_MAX];
        bool ok;
    } items[CHECKS_MAX];
    size_t count;
};

__attribute__((format(printf, 4, 5))) static void check(struct checks *checks, bool ok, const char *name,
                                                        const char *format, ...) {
    if (checks->count == CHECKS_MAX) return;
    struct check *item = &checks->items[checks->count++];
    va_list args;
    snprintf(item->name, sizeof item->name, "%s", name);
    item->ok = ok;
    va_start(args, format);
    vsnprintf(item->text, sizeof item->text, format, args);
    va_end(args);
}

/* kind NULL: the database did not tell. */
static void check_clock(const struct cli *cli, const enum installation_kind *kind, struct checks *checks) {
    char at[INSTANT_TEXT_MAX];
    bool stepped = cli->settings.clock != NULL;
    int64_t step = -1;
    struct instant now = cli->now;
    struct error err = {0};
    if (stepped && clock_file_read(cli->settings.clock, &step, &now, &err)) {
        check(checks, false, "clock", "%s", err.message);
        return;
    }
    instant_print(now, at);
    check(checks, !kind || stepped == (*kind == INSTALLATION_REHEARSAL), "clock", "%s, installation %s, now %s",
          stepped ? "stepped" : "real", kind ? installation_kind_name(*kind) : "unknown", at);
}

static void check_programmes(struct pg *pg, const struct cli *cli, struct checks *checks) {
    CLEAN(programmes_finish) struct programmes programmes = {0};
    struct error err = {0};
    if (programmes_read(pg, &programmes, &err)) {
        check(checks, false, "programmes", "%s", err.message);
        return;
    }
    check(checks, programmes.count > 0, "programmes", "%zu loaded%s", programmes.count,
          programmes.count ? "" : ": duban plan load FILE");
    for (size_t i = 0; i < programmes.count; i++) {
        struct stored_plan stored = {0};
        if (stored_plan_read(pg, programmes.items[i].id, INSTANT_NONE, &stored, &err)) {
            check(checks, false, programmes.items[i].code, "%s", err.message);
        } else {
            int year = 0, month, mday;
            const struct calendar *calendar = stored.plan->calendar;
            day_split(instant_day(cli->now), &year, &month, &mday);
            bool covered = calendar && calendar_covers(calendar, (struct day){instant_day(cli->now).n + 60});
            check(checks, covered, programmes.items[i].code, "plan v%d, %s, working days %s%d-%d%s",
                  (int)stored.version, programmes.items[i].trial ? "trial" : "live", calendar ? "of " : "unknown ",
                  calendar ? calendar->first_year : 0, calendar ? calendar->last_year : 0,
                  covered ? "" : ": load the plan with a newer calendar table");
        }
        stored_plan_finish(&stored);
    }
}

/* What the house says of itself, and what will soon ask for a person. */
static void check_alerts(const struct doctor_counts *counts, struct checks *checks) {
    bool stuck = counts->stuck > 0 || counts->stuck_minutes > STUCK_MINUTES;
    check(checks, !stuck, "stuck outbox", "oldest delivery under way: %" PRId64 " min%s", counts->stuck_minutes,
          stuck ? ": duban outbox, duban channel list" : "");
    check(checks, counts->undeliverable == 0, "undeliverable", "%" PRId64 " messages reached nobody%s",
          counts->undeliverable, counts->undeliverable ? ": duban alerts" : "");
    check(checks, true, "unroutable", "%" PRId64 " notices went to the office in place of others%s", counts->unroutable,
          counts->unroutable ? ": duban contacts" : "");
    check(checks, counts->channels_held == 0, "channels", "%" PRId64 " declared, %" PRId64 " held back by their vendor%s",
          counts->channels, counts->channels_held, counts->channels_held ? ": duban channel list" : "");
    check(checks, counts->offline == 0, "agents lost", "%" PRId64 " without a sign for eight working hours%s",
          counts->offline, counts->offline ? ": duban feeds" : "");
    check(checks, counts->calendar == 0, "calendar year", "%s",
          counts->calendar ? "next year's working days are not loaded" : "loaded as far as it is known");
    check(checks, true, "promises", "%" PRId64 " stand, %" PRId64 " end within three days%s", counts->promises,
          counts->promises_ending, counts->promises_ending ? ": duban alerts --promises" : "");
}

static void check_database(struct pg *pg, const struct cli *cli, struct checks *checks) {
    struct doctor_counts counts = {0};
    struct error err = {0};
    if (query_doctor(pg, cli->now, &counts, &err)) {
        check(checks, false, "database", "%s", err.message);
        return;
    }
    check(checks, true, "migrations", "%" PRId64 " applied", counts.migrations);
    check(checks, counts.streams_silent == 0, "streams",
          "%" PRId64 " made, %" PRId64 " never heard of, %" PRId64 " silent for a day", counts.streams,
          counts.streams_never, counts.streams_silent);
    check(checks, counts.deliveries_failed == 0, "outbox", "%" PRId64 " under way, %" PRId64 " failed%s",
          counts.deliveries_waiting, counts.deliveries_failed, counts.deliveries_failed ? ": duban outbox" : "");
    check(checks, counts.notices_late == 0, "notices", "%" PRId64 " waiting longer than a day%s", counts.notices_late,
          counts.notices_late ? ": is the alerter running?" : "");
    check(checks, counts.cells_late == 0, "due queue", "%" PRId64 " cells late by an hour%s", counts.cells_late,
          counts.cells_late ? ": is the alerter running?" : "");
    check(checks, true, "quarantine", "%" PRId64 " events%s", counts.quarantined,
          counts.quarantined ? ": duban quarantine" : "");
    check_alerts(&counts, checks);
}

static void check_heartbeat(const struct status *status, struct checks *checks) {
    const char *heartbeat = status_get_text(status, "heartbeat");
    if (!heartbeat) return;
    check(checks, strcmp(heartbeat, "failing") != 0, "heartbeat", "%s",
          strcmp(heartbeat, "none") == 0 ? "none: nobody outside notices when the alerter is gone (watch.heartbeat_url)"
          : strcmp(heartbeat, "failing") == 0 ? "the watcher outside is not reached: the alerter's log says why"
                                              : "the watcher outside is called while all is well");
}

/* An alerter with rules of its own stays on trial, whatever `duban go-live` said. */
static void check_rules(const struct status *status, struct checks *checks) {
    const char *rules = status_get_text(status, "rules");
    if (!rules || strcmp(rules, "plan") == 0) return;
    bool trial = strcmp(rules, "own_on_trial") == 0;
    check(checks, !trial, "rules", "%s",
          trial ? "the alerter's configuration names rules of its own, and they stay on trial: duban plan load FILE --rules THOSE, "
                  "take `rules` out of its configuration, restart it, duban go-live"
                : "the alerter's configuration names rules of its own; they are those stored with the plan");
}

static void check_processes(const struct cli *cli, struct checks *checks) {
    CLEAN(upstream_finish) struct settle_upstream upstream = {0};
    struct error err = {0};
    if (!cli->settings.status) return;
    if (upstream_read(cli->settings.status, &upstream, &err)) {
        check(checks, false, "programs", "%s", err.message);
        return;
    }
    for (size_t i = 0; i < upstream.count; i++) {
        const struct settle_process *process = &upstream.processes[i];
        check(checks, process->alive && strcmp(process->status.state, "halted") != 0, process->name,
              "%s %s, pid %ld, step %" PRId64, process->status.program,
              process->alive ? process->status.state : "is gone", (long)process->status.pid, process->status.step);
        check_heartbeat(&process->status, checks);
        check_rules(&process->status, checks);
    }
}

static void print_checks(const struct checks *checks, struct buffer *out) {
    for (size_t i = 0; i < checks->count; i++)
        buffer_printf(out, "%s  %-18s %s\n", checks->items[i].ok ? "ok " : "!! ", checks->items[i].name,
                      checks->items[i].text);
}

static void print_json(const struct checks *checks, struct buffer *out) {
    json_t *document = json_document(), *list = json_array();
    for (size_t i = 0; i < checks->count; i++)
        json_array_append_new(list, json_pack("{s:s, s:b, s:s}", "name", checks->items[i].name, "ok",
                                              checks->items[i].ok, "text", checks->items[i].text));
    json_object_set_new(document, "checks", list);
    json_print(document, out);
}

enum error_code command_doctor(struct cli *cli, struct error *err) {
    CLEAN(pg_close) struct pg *pg = NULL;
    AUTO_FREE struct checks *checks = calloc(1, sizeof *checks);
    enum installation_kind kind;
    struct error away = {0};
    if (!checks) return error_set(err, ERROR_MEMORY, "out of memory");
    enum error_code code = cli_connect_reader(cli, &pg, &away);
    check(checks, !code, "database", "%s", code ? away.message : "reached, of this version");
    bool told = !code && session_kind(pg, &kind, &away) == ERROR_OK;
    check_clock(cli, told ? &kind : NULL, checks);
    if (!code) {
        check_programmes(pg, cli, checks);
        check_database(pg, cli, checks);
    }
    check_processes(cli, checks);
    for (size_t i = 0; i < checks->count; i++)
        if (!checks->items[i].ok) cli->status = code == ERROR_CONNECTION ? EXIT_UNREACHED : EXIT_BROKEN;
    if (args_has(cli->args, "json"))
        print_json(checks, &cli->out);
    else
        print_checks(checks, &cli->out);
    return ERROR_OK;
}
