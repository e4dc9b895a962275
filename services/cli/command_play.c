/* duban play: the director of a rehearsal, and what a person sees of it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/base/cleanup.h"
#include "common/base/file.h"
#include "common/base/text.h"
#include "common/report/morning.h"
#include "common/report/words.h"
#include "services/cli/director.h"
#include "services/cli/moment.h"
#include "services/cli/number_option.h"
#include "services/cli/view_open.h"

enum {
    SCRIPT_BYTES_MAX = 16 * 1024 * 1024,
    ALERT_LINES = 8,
    STALL_DEFAULT_MS = 120000,
    TOLD_AFTER_MS = 2000,
    DRAW_MS = 250
};

struct stage {
    struct cli *cli;
    struct pg *pg;
    bool view, terminal;
    struct tick drawn; /* when the screen was last drawn */
    int month;         /* the month last told */
    struct tick told;  /* when waiting was last shown */
    char doing[200];
};

static void first_lines(struct stage *stage, const struct view *view, struct buffer *out) {
    CLEAN(message_rows_finish) struct message_rows messages = {0};
    struct error ignored;
    if (query_messages(stage->pg, view->programme.id, INSTANT_NONE, view->moment.known_at, &messages, &ignored)) return;
    size_t first = messages.count > ALERT_LINES ? messages.count - ALERT_LINES : 0;
    buffer_add_text(out, "  最近发出\n");
    for (size_t i = first; i < messages.count; i++) {
        char at[INSTANT_TEXT_MAX];
        instant_print(messages.items[i].window_at, at);
        buffer_printf(out, "    %.5s %.5s  %s\n", at + 5, at + 11, messages.items[i].first_line);
    }
}

/* Over what stands there, line by line and no wider than the terminal, so that nothing flickers or wraps. */
static void put_screen(const struct buffer *text) {
    struct winsize size = {0};
    size_t columns = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
    CLEAN(buffer_finish) struct buffer out = {0};
    buffer_add_text(&out, "\x1b[H");
    for (const char *line = buffer_text(text); *line;) {
        size_t len = strcspn(line, "\n");
        buffer_add(&out, line, text_cut_width(line, len, columns));
        buffer_add_text(&out, "\x1b[K\n");
        line += len + (line[len] == '\n');
    }
    buffer_add_text(&out, "\x1b[J");
    fwrite(buffer_text(&out), 1, out.len, stdout);
    fflush(stdout);
}

/* The screen: a database that is away for a moment leaves the old picture standing. */
static void draw(struct stage *stage, struct instant now) {
    CLEAN(view_finish) struct view view = {0};
    CLEAN(morning_finish) struct morning morning = {0};
    CLEAN(buffer_finish) struct buffer out = {0};
    struct moment moment = {.as_of = instant_day(now), .known_at = now};
    stage->drawn = tick_now();
    struct error ignored;
    char at[INSTANT_TEXT_MAX];
    if (pg_broken(stage->pg) || view_open_at(stage->cli, stage->pg, &moment, &view, &ignored) ||
        morning_make(&view, stage->pg, now, &morning, &ignored))
        return;
    instant_print(now, at);
    buffer_printf(&out, "  %.10s %s %.5s   %s（演练，样例数据）\n\n", at, weekday_name(moment.as_of), at + 11,
                  view.plan->title);
    morning_brief(&morning, &out);
    buffer_add_char(&out, '\n');
    first_lines(stage, &view, &out);
    buffer_printf(&out, "\n  %s\n", stage->doing);
    put_screen(&out);
}

static void tell_month(struct stage *stage, const struct director *director) {
    int year, month, mday;
    char at[INSTANT_TEXT_MAX];
    day_split(instant_day(director->now), &year, &month, &mday);
    if (month == stage->month) return;
    stage->month = month;
    instant_print(director->now, at);
    printf("%.10s  step %" PRId64 ", %zu of %zu lines of the script done\n", at, director->step, director->done,
           director->script->count);
    fflush(stdout);
}

static void on_moved(void *context, const struct director *director) {
    struct stage *stage = context;
    if (!stage->view)
        tell_month(stage, director);
    else if (tick_now().ms - stage->drawn.ms >= DRAW_MS)
        draw(stage, director->now);
}

static void on_doing(void *context, const struct director *director, const struct script_line *line) {
    struct stage *stage = context;
    (void)director;
    static const char *const words[] = {"收到文件", "文件又长了", "文件改名", "执行"};
    snprintf(stage->doing, sizeof stage->doing, "%s %.120s", words[line->verb],
             line->target ? path_name(line->target) : line->source);
}

/* What is waited for is shown when it takes long. */
static void on_waiting(void *context, const struct director *director, const struct settle_result *result) {
    struct stage *stage = context;
    struct tick now = tick_now();
    (void)director;
    if (!stage->terminal || !result->count || now.ms - stage->told.ms < TOLD_AFTER_MS) return;
    stage->told = now;
    fprintf(stderr, "\r\x1b[K  … %s\r", result->outstanding[0]);
}

static enum error_code read_script(const char *file, struct script *script, struct error *err) {
    CLEAN(buffer_finish) struct buffer text = {0};
    CLEAN(findings_finish) struct findings findings = {0};
    enum error_code code = file_read(file, SCRIPT_BYTES_MAX, &text, err);
    if (code || script_parse(file, buffer_text(&text), script, &findings)) return code;
    for (size_t i = 0; i < findings.count; i++)
        fprintf(stderr, "duban: %s: %s\n", findings.items[i].place, findings.items[i].message);
    return error_set(err, ERROR_INPUT, "%zu lines of %s are wrong: nothing was played", findings.count, file);
}

static enum error_code read_options(struct cli *cli, struct director *director, struct error *err) {
    const char *until = args_value(cli->args, "until", NULL);
    int64_t expected = 0;
    if (!cli->settings.clock)
        return error_set(err, ERROR_USAGE,
                         "the configuration has no clock: play moves the stepped clock of a rehearsal");
    if (director->script->count) director->until = director->script->lines[director->script->count - 1].at;
    if (until && !moment_parse_since(until, &director->until))
        return error_set(err, ERROR_USAGE, "--until %s: give an instant, like 2022-01-15T00:00:00+08:00", until);
    if (!instant_is(director->until)) return error_set(err, ERROR_USAGE, "the script is empty: say --until INSTANT");
    enum error_code code = number_option(cli->args, "pace", MS_SECOND, &director->pace_ms, err);
    if (!code) code = number_option(cli->args, "stall-timeout", MS_SECOND, &director->stall_ms, err);
    if (!code) code = number_option(cli->args, "expect", 1, &expected, err);
    director->expected = (size_t)expected;
    return code;
}

static enum error_code play(struct cli *cli, struct pg *pg, const struct script *script, struct error *err) {
    CLEAN(settle_watch_finish) struct settle_watch watch = {.inotify = -1};
    CLEAN(director_finish)
    struct director director = {.clock_file = cli->settings.clock,
                                .script = script,
                                .watch = &watch,
                                .script_file = cli->args->positionals[0],
                                .stall_ms = STALL_DEFAULT_MS,
                                .until = INSTANT_NONE};
    struct stage stage = {.cli = cli, .pg = pg, .terminal = isatty(STDOUT_FILENO), .drawn = {0}, .told = tick_now()};
    stage.view = stage.terminal && args_has(cli->args, "view");
    if (stage.view) fputs("\x1b[2J", stdout);
    director.moved = on_moved;
    director.doing = on_doing;
    director.waiting = on_waiting;
    director.context = &stage;
    enum error_code code = read_options(cli, &director, err);
    if (!code) code = settle_watch_open(&watch, cli->settings.status, pg, err);
    struct instant first = script->count ? day_start(instant_day(script->lines[0].at)) : director.until;
    if (!code) code = director_open(&director, first, err);
    if (!code) code = director_run(&director, err);
    char at[INSTANT_TEXT_MAX];
    instant_print(director.now, at);
    if (!code && stage.view) draw(&stage, director.now);
    if (!code) buffer_printf(&cli->out, say(cli, "the rehearsal has reached %s\n"), at);
    return code;
}

enum error_code command_play(struct cli *cli, struct error *err) {
    CLEAN(script_finish) struct script script = {0};
    CLEAN(pg_close) struct pg *pg = NULL;
    enum error_code code = read_script(cli->args->positionals[0], &script, err);
    if (!code) code = cli_connect_reader(cli, &pg, err);
    return code ? code : play(cli, pg, &script, err);
}
