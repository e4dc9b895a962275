/* duban user add | passwd | role | lock | list: who may look at the board and decide there. Passwords are read from the
 * terminal without being shown, or as one line from the standard input; never from the command line. */
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "common/base/cleanup.h"
#include "common/base/password.h"
#include "common/report/grid.h"
#include "common/report/json.h"
#include "common/store/account.h"
#include "common/store/programme.h"
#include "services/cli/cli.h"
#include "services/cli/programme_choice.h"

static const char roles[] = "viewer county lead office admin";

static bool is_role(const char *word) {
    size_t len = strlen(word);
    for (const char *at = roles; *at; at += strcspn(at, " "), at += *at == ' ')
        if (strcspn(at, " ") == len && strncmp(at, word, len) == 0) return true;
    return false;
}

/* --- passwords --- */

/* One line, without its end. */
static enum error_code read_line(char out[PASSWORD_BYTES_MAX + 2], struct error *err) {
    if (!fgets(out, PASSWORD_BYTES_MAX + 2, stdin)) return error_set(err, ERROR_USAGE, "no password was given");
    out[strcspn(out, "\r\n")] = '\0';
    return ERROR_OK;
}

static enum error_code ask_hidden(const struct cli *cli, const char *question, char out[PASSWORD_BYTES_MAX + 2],
                                  struct error *err) {
    struct termios shown, hidden;
    if (tcgetattr(STDIN_FILENO, &shown) != 0) return read_line(out, err);
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    fputs(say(cli, question), stderr);
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    enum error_code code = read_line(out, err);
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
    fputc('\n', stderr);
    return code;
}

static enum error_code read_password(const struct cli *cli, const char *name, char kept[PASSWORD_KEPT_MAX],
                                     struct error *err) {
    char first[PASSWORD_BYTES_MAX + 2] = "", again[PASSWORD_BYTES_MAX + 2] = "";
    bool terminal = isatty(STDIN_FILENO);
    enum error_code code = terminal ? ask_hidden(cli, "password: ", first, err) : read_line(first, err);
    if (!code) code = password_check(first, name, err);
    if (!code && terminal) code = ask_hidden(cli, "again: ", again, err);
    if (!code && terminal && strcmp(first, again) != 0) code = error_set(err, ERROR_USAGE, "these are two passwords");
    if (!code) code = password_keep(first, kept, err);
    explicit_bzero(first, sizeof first);
    explicit_bzero(again, sizeof again);
    return code;
}

/* --- roles and their places --- */

struct place {
    struct programme programme;
    struct stored_plan stored;
};
static void place_finish(struct place *place) {
    stored_plan_finish(&place->stored);
    programme_finish(&place->programme);
}

static bool leads_something(const struct plan *plan, size_t unit) {
    for (size_t i = 0; i < plan->task_count; i++)
        for (size_t k = 0; k < plan->tasks[i].lead_count; k++)
            if (plan->tasks[i].leads[k] == unit) return true;
    return false;
}

static enum error_code find_area(const struct cli *cli, const struct plan *plan, struct account_words *words,
                                 struct error *err) {
    bool several = false;
    size_t area = plan_area_named(plan, slice_of(words->area), instant_day(cli->now), &several);
    if (area == NO_INDEX || plan->areas[area].city)
        return error_set(err, ERROR_USAGE, "--area %s: the plan has no such county", words->area);
    words->area = plan->areas[area].code;
    return ERROR_OK;
}

static enum error_code find_unit(const struct plan *plan, struct account_words *words, struct error *err) {
    size_t unit = plan_find_unit(plan, slice_of(words->unit));
    if (unit == NO_INDEX || !leads_something(plan, unit))
        return error_set(err, ERROR_USAGE, "--unit %s: no task of the plan is led by it", words->unit);
    words->unit = plan->units[unit].name;
    return ERROR_OK;
}

/* --role with what it needs: a county its area, a lead its unit, as the plan has them. */
static enum error_code read_role(struct cli *cli, struct pg *pg, struct account_words *words, struct place *place,
                                 struct error *err) {
    words->role = args_value(cli->args, "role", "");
    words->area = args_value(cli->args, "area", NULL);
    words->unit = args_value(cli->args, "unit", NULL);
    bool county = strcmp(words->role, "county") == 0, lead = strcmp(words->role, "lead") == 0;
    if (!is_role(words->role))
        return error_set(err, ERROR_USAGE, "--role %s: one of %s", words->role, roles);
    if (county != (words->area != NULL))
        return error_set(err, ERROR_USAGE, "--role county and --area AREA belong together");
    if (lead != (words->unit != NULL))
        return error_set(err, ERROR_USAGE, "--role lead and --unit UNIT belong together");
    if (!county && !lead) return ERROR_OK;
    enum error_code code = choose_programme(cli, pg, &place->programme, err);
    if (!code) code = stored_plan_read(pg, place->programme.id, INSTANT_NONE, &place->stored, err);
    if (code) return code;
    return county ? find_area(cli, place->stored.plan, words, err) : find_unit(place->stored.plan, words, err);
}

/* --- the commands --- */

enum error_code command_user_add(struct cli *cli, struct error *err) {
    CLEAN(pg_close) struct pg *pg = NULL;
    CLEAN(place_finish) struct place place = {0};
    struct account_words words = {.name = cli->args->positionals[0]};
    char kept[PASSWORD_KEPT_MAX];
    bool by_proxy = args_has(cli->args, "no-password");
    enum error_code code = cli_connect_admin(cli, &pg, err);
    if (!code) code = read_role(cli, pg, &words, &place, err);
    if (!code && !by_proxy) code = read_password(cli, words.name, kept, err);
    words.password = by_proxy ? NULL : kept;
    if (!code) code = account_add(pg, &words, cli->now, cli_by(cli), err);
    if (!code) buffer_printf(&cli->out, say(cli, "account %s: %s\n"), words.name, words.role);
    return code;
}

enum error_code command_user_passwd(struct cli *cli, struct error *err) {
    CLEAN(pg_close) struct pg *pg = NULL;
    const char *name = cli->args->positionals[0];
    char kept[PASSWORD_KEPT_MAX];
    enum error_code code = cli_connect_admin(cli, &pg, err);
    if (!code) code = read_password(cli, name, kept, err);
    if (!code) code = account_set_password(pg, name, kept, cli->now, real_now(), cli_by(cli), err);
    if (!code) buffer_printf(&cli->out, say(cli, "account %s: a new password, its sessions have ended\n"), name);
    return code;
}

enum error_code command_user_role(struct cli *cli, struct error *err) {
    CLEAN(pg_close) struct pg *pg = NULL;
    CLEAN(place_finish) struct place place = {0};
    struct account_words words = {.name = cli->args->positionals[0]};
    enum error_code code = cli_connect_admin(cli, &pg, err);
    if (!code) code = read_role(cli, pg, &words, &place, err);
    if (!code) code = account_set_role(pg, &words, cli->now, real_now(), cli_by(cli), err);
    if (!code) buffer_printf(&cli->out, say(cli, "account %s: %s, its sessions have ended\n"), words.name, words.role);
    return code;
}

enum error_code command_user_lock(struct cli *cli, struct error *err) {
    CLEAN(pg_close) struct pg *pg = NULL;
    const char *name = cli->args->positionals[0];
    bool locked = !args_has(cli->args, "off");
    enum error_code code = cli_connect_admin(cli, &pg, err);
    if (!code) code = account_lock(pg, name, locked, cli->now, real_now(), cli_by(cli), err);
    if (!code)
        buffer_printf(&cli->out,
                      locked ? say(cli, "account %s is locked, its sessions have ended\n")
                             : say(cli, "account %s is open again\n"),
                      name);
    return code;
}

/* --- list --- */

static void print_json(const struct account_rows *rows, struct buffer *out) {
    json_t *document = json_document(), *list = json_array();
    for (size_t i = 0; i < rows->count; i++) {
        const struct account_row *row = &rows->items[i];
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:o, s:o, s:b, s:I, s:o, s:s, s:o, s:o}", "name", row->name, "role",
                                        row->role, "area", json_of_text(row->area), "unit", json_of_text(row->unit),
                                        "password", *row->password != '\0', "sessions", (json_int_t)row->sessions,
                                        "made_at", json_of_instant(row->made_at), "made_by", row->made_by, "locked_at",
                                        json_of_instant(row->locked_at), "locked_by", json_of_text(row->locked_by)));
    }
    json_object_set_new(document, "accounts", list);
    json_print(document, out);
}

static void print_list(const struct account_rows *rows, struct buffer *out) {
    static const struct grid_column columns[] = {{.title = "账号"},
                                                 {.title = "角色"},
                                                 {.title = "县区、单位"},
                                                 {.title = "登录", .align = TEXT_RIGHT},
                                                 {.title = "现状"}};
    CLEAN(grid_finish) struct grid grid;
    grid_init(&grid, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < rows->count; i++) {
        const struct account_row *row = &rows->items[i];
        grid_add(&grid, row->name);
        grid_add(&grid, row->role);
        grid_add(&grid, *row->area ? row->area : row->unit);
        grid_addf(&grid, "%lld", (long long)row->sessions);
        grid_add(&grid, instant_is(row->locked_at) ? "已锁" : *row->password ? "" : "无密码，只由代理登录");
    }
    if (rows->count) grid_print(&grid, "", out);
    buffer_printf(out, "账号 %zu 个\n", rows->count);
}

enum error_code command_user_list(struct cli *cli, struct error *err) {
    CLEAN(pg_close) struct pg *pg = NULL;
    CLEAN(account_rows_finish) struct account_rows rows = {0};
    enum error_code code = cli_connect_admin(cli, &pg, err);
    if (!code) code = accounts_read(pg, &rows, err);
    if (code) return code;
    if (args_has(cli->args, "json"))
        print_json(&rows, &cli->out);
    else
        print_list(&rows, &cli->out);
    return ERROR_OK;
}
