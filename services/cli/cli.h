/* What every command of `duban` is given and gives back. A command writes what people (or programs) read into
 * cli->out, which main prints whole when it ends; a progress line goes to stderr while it works. */
#ifndef DUBAN_CLI_CLI_H
#define DUBAN_CLI_CLI_H

#include "common/base/args.h"
#include "common/base/buffer.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/message.h"
#include "common/link/pg.h"
#include "services/cli/settings.h"

enum { EXIT_OK = 0, EXIT_BROKEN = 1, EXIT_USAGE = 2, EXIT_UNREACHED = 3 };

struct cli {
    const struct args *args;
    struct settings settings;
    enum lang lang;
    struct instant now; /* domain time: the clock file's when one is in use */
    struct buffer out;
    int status; /* exit status of a command that ended without an error: EXIT_OK or EXIT_BROKEN */
};

struct command {
    enum error_code (*run)(struct cli *cli, struct error *err);
};

enum error_code command_plan_check(struct cli *cli, struct error *err);
enum error_code command_plan_load(struct cli *cli, struct error *err);
enum error_code command_plan_show(struct cli *cli, struct error *err);
enum error_code command_plan_export(struct cli *cli, struct error *err);
enum error_code command_status(struct cli *cli, struct error *err);
enum error_code command_ledger(struct cli *cli, struct error *err);
enum error_code command_changes(struct cli *cli, struct error *err);
enum error_code command_feeds(struct cli *cli, struct error *err);
enum error_code command_alerts(struct cli *cli, struct error *err);
enum error_code command_outbox(struct cli *cli, struct error *err);
enum error_code command_explain(struct cli *cli, struct error *err);
enum error_code command_channel_list(struct cli *cli, struct error *err);
enum error_code command_channel_test(struct cli *cli, struct error *err);
enum error_code command_quarantine(struct cli *cli, struct error *err);
enum error_code command_verify(struct cli *cli, struct error *err);
enum error_code command_confirm(struct cli *cli, struct error *err);
enum error_code command_freeze(struct cli *cli, struct error *err);
enum error_code command_approve(struct cli *cli, struct error *err);
enum error_code command_go_live(struct cli *cli, struct error *err);
enum error_code command_trial(struct cli *cli, struct error *err);
enum error_code command_outbox_hold(struct cli *cli, struct error *err);
enum error_code command_outbox_release(struct cli *cli, struct error *err);
enum error_code command_contacts(struct cli *cli, struct error *err);
enum error_code command_issue(struct cli *cli, struct error *err);
enum error_code command_reply(struct cli *cli, struct error *err);
enum error_code command_extension_ask(struct cli *cli, struct error *err);
enum error_code command_extension_grant(struct cli *cli, struct error *err);
enum error_code command_extension_refuse(struct cli *cli, struct error *err);
enum error_code command_extensions(struct cli *cli, struct error *err);
enum error_code command_closeout_claim(struct cli *cli, struct error *err);
enum error_code command_closeout_check(struct cli *cli, struct error *err);
enum error_code command_closeout_verify(struct cli *cli, struct error *err);
enum error_code command_closeout_refuse(struct cli *cli, struct error *err);
enum error_code command_closeouts(struct cli *cli, struct error *err);
enum error_code command_mute(struct cli *cli, struct error *err);
enum error_code command_override(struct cli *cli, struct error *err);
enum error_code command_reverse(struct cli *cli, struct error *err);
enum error_code command_decisions(struct cli *cli, struct error *err);
enum error_code command_key_new(struct cli *cli, struct error *err);
enum error_code command_key_allow(struct cli *cli, struct error *err);
enum error_code command_key_revoke(struct cli *cli, struct error *err);
enum error_code command_key_list(struct cli *cli, struct error *err);
enum error_code command_stream_list(struct cli *cli, struct error *err);
enum error_code command_stream_reopen(struct cli *cli, struct error *err);
enum error_code command_user_add(struct cli *cli, struct error *err);
enum error_code command_user_passwd(struct cli *cli, struct error *err);
enum error_code command_user_role(struct cli *cli, struct error *err);
enum error_code command_user_lock(struct cli *cli, struct error *err);
enum error_code command_user_list(struct cli *cli, struct error *err);
enum error_code command_migrate(struct cli *cli, struct error *err);
enum error_code command_settle(struct cli *cli, struct error *err);
enum error_code command_play(struct cli *cli, struct error *err);
enum error_code command_rehearse(struct cli *cli, struct error *err);
enum error_code command_doctor(struct cli *cli, struct error *err);

/* --- helpers of all commands --- */

/* Connects as reader, admin or owner of the database; ERROR_CONNECTION says which setting to look at. Admin and reader
 * sessions check the schema. */
enum error_code cli_connect_reader(struct cli *cli, struct pg **pg, struct error *err);
enum error_code cli_connect_admin(struct cli *cli, struct pg **pg, struct error *err);
enum error_code cli_connect_owner(struct cli *cli, struct pg **pg, struct error *err);
/* --by NAME, else $SUDO_USER, $USER. */
const char *cli_by(const struct cli *cli);
/* --programme, else the configuration's; NULL = the only one. */
const char *cli_programme(const struct cli *cli);
/* The program's words in the language asked for. */
const char *say(const struct cli *cli, const char *en) __attribute__((format_arg(2)));
extern const struct messages cli_messages;

#endif
