/* The whole agent as a process of its own, on a stepped clock, against a small centre: what a step's status file
 * promises, and what a kill may not change. */
#include "services/collector/agent.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/file.h"
#include "common/base/log.h"
#include "common/base/status.h"
#include "tests/unit/collector/plan_fixture.h"
#include "tests/unit/spool/small_centre.h"

enum { WAIT_MS = 20000, TURN_MS = 20 };

struct scene {
    char folder[64], address[128], config[128], clock[128], status[128], inbox[128];
    struct key_pair own, server;
    struct centre centre;
    struct link_context *context;
    struct link_loop loop;
    pid_t agent;
    int64_t step;
    struct instant now;
    struct error err;
};

static void write_text(const char *folder, const char *name, const char *text) {
    char path[256];
    struct error err;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    cr_assert_eq(file_write(path, text, strlen(text), 0600, &err), ERROR_OK, "%s", err.message);
}

/* Before the parent has any thread: the child runs the agent itself. */
static void start(struct scene *s) {
    s->agent = fork();
    if (s->agent) return;
    struct config config;
    struct settings settings;
    log_init("agent", LOG_LEVEL_ERROR, 2);
    if (config_load(&config, &settings_program, s->config, NULL, 0, &settings, &s->err)) {
        fprintf(stderr, "%s %s\n", s->err.place, s->err.message);
        _exit(9);
    }
    _exit(agent_run(&settings, &s->err) ? 8 : 0);
}

static void scene_files(struct scene *s) {
    struct plan_fixture plan = plan_fixture_open();
    struct buffer text = {0};
    char key[128];
    cr_assert(catalogue_write(plan.plan, &text));
    write_text(s->folder, "catalogue.json", buffer_text(&text));
    plan_fixture_close(&plan);
    buffer_clear(&text);
    cr_assert_eq(key_pair_make(&s->own, &s->err), ERROR_OK);
    cr_assert_eq(key_pair_make(&s->server, &s->err), ERROR_OK);
    snprintf(key, sizeof key, "%s/agent.key", s->folder);
    cr_assert_eq(key_pair_save(&s->own, key, &s->err), ERROR_OK);
    buffer_printf(&text,
                  "stream: qingchuan\nunit: 青川县\nserver: [{address: \"%s\", key: \"%s\"}]\nkey: agent.key\n"
                  "catalogue: catalogue.json\nspool: spool.sqlite\nstatus: status.json\nclock: clock\nreserve: 64KiB\n"
                  "sources: [{name: 报表, folder: inbox, rejected: rejected}]\n",
                  s->address, s->server.public_key);
    write_text(s->folder, "collector.yaml", buffer_text(&text));
    buffer_finish(&text);
}

static void set_step(struct scene *s, int64_t later_ms) {
    s->now.ms += later_ms;
    cr_assert_eq(clock_file_write(s->clock, ++s->step, s->now, &s->err), ERROR_OK);
}

static void scene_open(struct scene *s) {
    memset(s, 0, sizeof *s);
    snprintf(s->folder, sizeof s->folder, "/tmp/duban-agent-XXXXXX");
    cr_assert_not_null(mkdtemp(s->folder));
    snprintf(s->address, sizeof s->address, "ipc://%s/centre.ipc", s->folder);
    snprintf(s->config, sizeof s->config, "%s/collector.yaml", s->folder);
    snprintf(s->clock, sizeof s->clock, "%s/clock", s->folder);
    snprintf(s->status, sizeof s->status, "%s/status.json", s->folder);
    snprintf(s->inbox, sizeof s->inbox, "%s/inbox", s->folder);
    cr_assert_eq(mkdir(s->inbox, 0700), 0);
    scene_files(s);
    s->now = day_at((struct day){18810}, 9, 30);
    set_step(s, 0);
    start(s);
    s->centre.stream = "qingchuan";
    s->centre.known_key = s->own.public_key;
    cr_assert_eq(link_loop_init(&s->loop, NULL, &s->err), ERROR_OK);
    cr_assert_eq(link_context_open(&s->context, &s->err), ERROR_OK);
    centre_open(&s->centre, s->context, &s->loop, s->address, &s->server, &s->err);
}

static int stop(struct scene *s, int with) {
    int status = 0;
    kill(s->agent, with);
    waitpid(s->agent, &status, 0);
    return status;
}

static void scene_close(struct scene *s) {
    char command[128];
    centre_close(&s->centre);
    link_loop_finish(&s->loop);
    link_context_close(&s->context);
    snprintf(command, sizeof command, "rm -rf %s", s->folder);
    cr_assert_eq(system(command), 0);
}

/* Serves the centre until the agent shows the present step, live. */
static struct status shown(struct scene *s) {
    struct tick end = tick_after(tick_now(), WAIT_MS);
    struct status status;
    while (tick_now().ms < end.ms) {
        cr_assert_eq(link_loop_turn(&s->loop, TURN_MS, &s->err), ERROR_OK);
        bool read = file_exists(s->status) && status_read(&status, s->status, &s->err) == ERROR_OK;
        if (read && status.step == s->step && strcmp(status.state, "live") == 0 && status.pid == s->agent)
            return status;
        if (file_exists(s->status)) status_finish(&status);
    }
    cr_assert_fail("step %lld never shown", (long long)s->step);
    return status;
}

static int64_t number(const struct status *status, const char *key) {
    int64_t value = -1;
    return status_get(status, key, &value) ? value : -1;
}

Test(agent, a_step_is_shown_when_everything_of_it_is_done) {
    struct scene s;
    scene_open(&s);
    struct status status = shown(&s);
    cr_assert_eq(number(&status, "wake_at"), 0);
    status_finish(&status);
    uint64_t statuses = s.centre.statuses;
    write_text(s.inbox, "6月.csv",
               "指标,地区,数据日期,数值,单位\nT06.1,青川县,2021-06-30,31,公里\nT06.1,利州区,2021-06-30,1,亩\n");
    set_step(&s, 60000);
    status = shown(&s);
    cr_assert_eq(number(&status, "wake_at"), s.now.ms + 60000, "it wants to see the file quiet");
    cr_assert_eq(number(&status, "files_pending"), 0);
    cr_assert_gt(s.centre.statuses, statuses, "a STATUS for the step");
    cr_assert_eq(s.centre.events, 0);
    status_finish(&status);
    set_step(&s, 60000);
    status = shown(&s);
    cr_assert_eq(s.centre.events, 2, "figure and receipt are with the centre before the step is shown");
    cr_assert_eq(number(&status, "stream/qingchuan/last_seq"), 2);
    cr_assert_eq(number(&status, "stream/qingchuan/acked_seq"), 2);
    cr_assert_eq(number(&status, "wake_at"), 0);
    status_finish(&status);
    int ended = stop(&s, SIGTERM);
    cr_assert(WIFEXITED(ended) && WEXITSTATUS(ended) == 0, "SIGTERM ends it cleanly: %x", ended);
    scene_close(&s);
}

Test(agent, a_killed_agent_comes_back_at_the_same_step_and_doubles_nothing) {
    struct scene s;
    scene_open(&s);
    struct status status = shown(&s);
    status_finish(&status);
    write_text(s.inbox, "6月.csv", "指标,地区,数据日期,数值,单位\nT06.1,青川县,2021-06-30,31,公里\n");
    set_step(&s, 1000);
    status = shown(&s);
    status_finish(&status);
    stop(&s, SIGKILL);
    set_step(&s, 60000); /* the clock waits for it in earnest; here it must still take the file at this very step */
    start(&s);
    status = shown(&s);
    cr_assert_eq(s.centre.events, 2);
    status_finish(&status);
    stop(&s, SIGKILL);
    start(&s);
    status = shown(&s);
    cr_assert_eq(s.centre.events, 2);
    cr_assert_eq(number(&status, "stream/qingchuan/last_seq"), 2);
    status_finish(&status);
    stop(&s, SIGTERM);
    scene_close(&s);
}
