#include "services/cli/decide.h"

#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/random.h"
#include "common/base/text.h"
#include "common/link/keys.h"
#include "common/report/json.h"
#include "common/spool/uplink.h"
#include "proto/codes.h"
#include "services/cli/moment.h"
#include "services/cli/view_open.h"

enum { PATIENCE_MS = 60000, SPOOL_WAIT_MS = 20000, FREEZE_NAME_BYTES = 120 };

enum error_code freeze_check(const char *name, struct day as_of, struct day today, struct error *err) {
    size_t len = strlen(name);
    bool sayable =
        len > 0 && len <= FREEZE_NAME_BYTES && text_is_utf8(name, len, NULL) && name[0] != ' ' && name[len - 1] != ' ';
    for (size_t i = 0; i < len; i++)
        sayable = sayable && (unsigned char)name[i] >= ' ' && name[i] != 0x7f;
    if (!sayable)
        return error_set(
            err, ERROR_USAGE,
            "a freeze wants a name to find it by, of at most %d bytes on one line, without blanks around it",
            FREEZE_NAME_BYTES);
    if (as_of.n > today.n) return error_set(err, ERROR_USAGE, "--as-of: a day still to come cannot be frozen");
    return ERROR_OK;
}

static enum error_code check_settings(const struct settings *settings, struct error *err) {
    const char *missing = !settings->office_spool           ? "office.spool"
                          : !settings->office_key           ? "office.key"
                          : !settings->office_unit          ? "office.unit"
                          : !settings->office_servers.count ? "office.server"
                                                            : NULL;
    if (!missing) return ERROR_OK;
    return error_set(err, ERROR_USAGE, "the configuration has no %s: decisions go out through the office's own spool",
                     missing);
}

static enum error_code read_servers(const struct settings *settings, struct uplink_server servers[SETTINGS_SERVERS_MAX],
                                    char keys[SETTINGS_SERVERS_MAX][KEY_TEXT_MAX], struct error *err) {
    for (size_t i = 0; i < settings->office_servers.count; i++) {
        enum error_code code = key_public_read(settings->office_servers.items[i].key, keys[i], err);
        if (code) return code;
        servers[i] = (struct uplink_server){settings->office_servers.items[i].address, keys[i]};
    }
    return ERROR_OK;
}

static enum error_code send_event(const struct cli *cli, const struct event *event, struct error *err) {
    const struct settings *settings = &cli->settings;
    struct uplink_server servers[SETTINGS_SERVERS_MAX];
    char keys[SETTINGS_SERVERS_MAX][KEY_TEXT_MAX];
    CLEAN(spool_close) struct spool *spool = NULL;
    unsigned rejected = 0;
    enum error_code code = read_servers(settings, servers, keys, err);
    struct uplink_settings uplink = {.servers = servers,
                                     .server_count = settings->office_servers.count,
                                     .secret_key_file = settings->office_key,
                                     .software = "duban " DUBAN_VERSION};
    if (!code)
        code = spool_open(settings->office_spool, slice_of(settings->office_stream), NULL, SPOOL_WAIT_MS, &spool, err);
    if (!code) code = spool_send_and_wait(spool, &uplink, event, cli->now, PATIENCE_MS, &rejected, err);
    if (!code && rejected)
        return error_set(err, ERROR_REFUSED, "the centre put the decision into quarantine (%s): %s",
                         quarantine_row(rejected)->name, quarantine_row(rejected)->english);
    return code;
}

enum error_code decide(struct cli *cli, struct decision_event *decision, struct error *err) {
    uint8_t more[MORE_BYTES_MAX];
    size_t more_len = 0;
    const char *by = args_value(cli->args, "by", NULL);
    if (!by || !*by) return error_set(err, ERROR_USAGE, "say who decides: --by NAME (it stands in the record)");
    enum error_code code = check_settings(&cli->settings, err);
    if (!code) code = random_uid(decision->uid, err);
    if (code) return code;
    decision->more.by = slice_of(by);
    enum proto_code packed = more_encode((uint32_t)decision->kind, &decision->more, more, sizeof more, &more_len);
    if (packed) return error_from_proto(err, packed, "the decision");
    struct event event = {
        .kind = (uint32_t)decision->kind,
        .target = slice_of(decision->target),
        .area = slice_of(decision->area),
        .as_of = decision->as_of,
        .reported_at_ms = cli->now.ms,
        .reporter = slice_of(cli->settings.office_unit),
        .reason = slice_of(decision->reason),
        .note = slice_of(decision->note),
        .more = {(const char *)more, more_len},
    };
    memcpy(event.uid, decision->uid, sizeof event.uid);
    return send_event(cli, &event, err);
}

void decide_tell(struct cli *cli, const struct decision_event *decision) {
    char uid[37];
    uid_print(decision->uid, uid);
    if (event_kind_is_decision((uint32_t)decision->kind) && decision->kind != EVENT_FREEZE &&
        decision->kind != EVENT_REVERSAL)
        buffer_printf(&cli->out,
                      say(cli, "recorded as %s; to take it back: duban reverse %.8s --by NAME --reason TEXT\n"), uid,
                      uid);
    else
        buffer_printf(&cli->out, say(cli, "recorded as %s, acknowledged by the centre\n"), uid);
}

void decide_tell_window(struct cli *cli, const struct view *view) {
    char at[INSTANT_TEXT_MAX];
    struct instant window = calendar_window(view->plan->calendar, &view->plan->reporting, cli->now);
    instant_print(window, at);
    if (view->programme.trial)
        buffer_add_text(&cli->out, say(cli, "trial mode: nothing leaves the office\n"));
    else if (instant_is(window))
        buffer_printf(&cli->out, say(cli, "next window: %.10s %.5s\n"), at, at + 11);
}

enum error_code decide_open(struct cli *cli, struct pg **pg, struct view *view, struct error *err) {
    struct moment moment;
    enum error_code code = moment_resolve(NULL, NULL, cli->now, &moment, err);
    if (!code) code = cli_connect_reader(cli, pg, err);
    return code ? code : view_open_at(cli, *pg, &moment, view, err);
}

enum error_code decide_day(const struct cli *cli, const char *option, bool wanted, struct day *out, struct error *err) {
    const char *text = args_value(cli->args, option, NULL);
    *out = DAY_NONE;
    if (!text && wanted) return error_set(err, ERROR_USAGE, "--%s DAY is needed (2021-12-31)", option);
    if (text && !day_parse(text, strlen(text), out))
        return error_set(err, ERROR_USAGE, "--%s %s: give a day that exists, as 2021-12-31", option, text);
    return ERROR_OK;
}

enum error_code decide_day_to_come(const struct cli *cli, const char *option, bool wanted, struct day *out,
                                   struct error *err) {
    char today[DAY_TEXT_MAX];
    enum error_code code = decide_day(cli, option, wanted, out, err);
    if (code || !day_is(*out) || out->n >= instant_day(cli->now).n) return code;
    day_print(instant_day(cli->now), today);
    return error_set(err, ERROR_USAGE, "--%s %s is over: today is %s, give it or a later day", option,
                     args_value(cli->args, option, ""), today);
}

enum error_code decide_text(const struct cli *cli, const char *option, const char *why, const char **out,
                            struct error *err) {
    *out = args_value(cli->args, option, NULL);
    if (*out && **out) return ERROR_OK;
    return error_set(err, ERROR_USAGE, "--%s is needed: %s", option, why);
}
