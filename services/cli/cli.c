#include "services/cli/cli.h"

#include <stdlib.h>

#include "common/store/session.h"

static enum error_code connect_as(const char *conninfo, const char *key, struct pg **pg, struct error *err) {
    struct session_settings settings = {.conninfo = conninfo, .application = "duban"};
    enum error_code code = session_open(&settings, pg, err);
    if (code == ERROR_CONNECTION) error_place(err, "%s", key);
    return code;
}

enum error_code cli_connect_reader(struct cli *cli, struct pg **pg, struct error *err) {
    return connect_as(cli->settings.reader, "database.reader", pg, err);
}

enum error_code cli_connect_admin(struct cli *cli, struct pg **pg, struct error *err) {
    return connect_as(cli->settings.admin, "database.admin", pg, err);
}

enum error_code cli_connect_owner(struct cli *cli, struct pg **pg, struct error *err) {
    struct pg_settings settings = {
        .conninfo = cli->settings.owner, .application = "duban migrate", .answer_ms = 600000};
    enum error_code code = pg_open(&settings, pg, err);
    if (code == ERROR_CONNECTION) error_place(err, "database.owner");
    return code;
}

const char *cli_by(const struct cli *cli) {
    const char *by = args_value(cli->args, "by", NULL);
    if (!by || !*by) by = getenv("SUDO_USER");
    if (!by || !*by) by = getenv("USER");
    return by && *by ? by : "duban";
}

const char *cli_programme(const struct cli *cli) {
    return args_value(cli->args, "programme", cli->settings.programme);
}

const char *say(const struct cli *cli, const char *en) {
    return message(&cli_messages, cli->lang, en);
}
