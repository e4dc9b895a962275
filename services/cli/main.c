/* duban: one program for the office, the operator and scripts. The table below is the whole list of commands; each is a
 * file of its own. */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/log.h"
#include "services/cli/cli.h"
#include "services/cli/plan_files.h"

#define RUN(function)                                                                                                  \
    &(const struct command) {                                                                                          \
        function                                                                                                       \
    }
#define JSON_OPTION                                                                                                    \
    { .name = "json", .help = "JSON, for programs", .help_zh = "JSON，供程序用" }
#define PROGRAMME_OPTION                                                                                               \
    {                                                                                                                  \
        .name = "programme", .value = "P", .help = "which programme, when there are several",                          \
        .help_zh = "哪个任务（有几个时）"                                                                    \
    }
#define READING_OPTIONS                                                                                                \
    {.name = "as-of", .value = "DAY", .help = "what it was like on that day", .help_zh = "截至哪天的情况"},            \
        {.name = "known-at",                                                                                           \
         .value = "T",                                                                                                 \
         .help = "as known at a day's end or an instant",                                                              \
         .help_zh = "按哪天（时刻）所知"},                                                                             \
        JSON_OPTION, PROGRAMME_OPTION
#define BY_OPTION                                                                                                      \
    { .name = "by", .value = "NAME", .help = "the person who decides", .help_zh = "经办人" }
#define END                                                                                                            \
    { .name = NULL }

static const struct args_option common_options[] = {
    {.name = "config",
     .value = "FILE",
     .help = "default $DUBAN_CONFIG, ./duban.yaml, /etc/duban/duban.yaml",
     .help_zh = "默认 $DUBAN_CONFIG、./duban.yaml、/etc/duban/duban.yaml"},
    {.name = "lang",
     .value = "en|zh",
     .help = "language of the program's own words; data are Chinese",
     .help_zh = "程序用语；数据文字总是中文"},
    END};

static const struct args_option plan_check_options[] = {PLAN_FILE_OPTIONS, JSON_OPTION, END};
static const struct args_option plan_load_options[] = {PLAN_FILE_OPTIONS,
                                                       JSON_OPTION,
                                                       BY_OPTION,
                                                       {.name = "document",
                                                        .value = "NO",
                                                        .help = "number of the document that changed the plan",
                                                        .help_zh = "调整计划的文号"},
                                                       END};
static const struct args_option rehearse_options[] = {
    PLAN_FILE_OPTIONS,
    {.name = "plan", .value = "FILE", .help = "another plan, too", .help_zh = "另换一份计划"},
    {.name = "from", .value = "DAY", .help = "first day that counts; else the first load", .help_zh = "从哪天算起"},
    {.name = "to", .value = "DAY", .help = "last day that counts; else today", .help_zh = "算到哪天"},
    {.name = "full", .help = "all differences; with --json all that is said", .help_zh = "列出全部差别"},
    JSON_OPTION,
    PROGRAMME_OPTION,
    END};
static const struct args_option plan_show_options[] = {
    PLAN_FILE_OPTIONS,
    JSON_OPTION,
    PROGRAMME_OPTION,
    {.name = "known-at", .value = "T", .help = "the plan as it stood then", .help_zh = "当时的计划"},
    END};
static const struct args_option plan_export_options[] = {
    {.name = "catalogue", .help = "what agents check against (JSON)", .help_zh = "采集端核对用的目录（JSON）"},
    PROGRAMME_OPTION,
    END};
static const struct args_option status_options[] = {
    READING_OPTIONS,
    {.name = "full", .help = "the matrix of all tasks", .help_zh = "列出全部任务"},
    {.name = "brief", .help = "a few lines", .help_zh = "只要几行"},
    {.name = "lead",
     .value = "UNIT",
     .help = "only what this unit leads or takes part in",
     .help_zh = "只看某单位牵头或参与的"},
    {.name = "area", .value = "AREA", .help = "only this county", .help_zh = "只看某县区"},
    {.name = "light",
     .value = "LIGHTS",
     .help = "only these: yellow,red,grey,…",
     .help_zh = "只看这些灯：yellow,red,grey,…"},
    {.name = "due-within", .value = "DAYS", .help = "only what falls due by then", .help_zh = "只看几天内到期的"},
    END};
static const struct args_option ledger_options[] = {
    READING_OPTIONS,
    {.name = "csv", .help = "for a spreadsheet: UTF-8 with BOM", .help_zh = "电子表格用（带 BOM 的 UTF-8）"},
    {.name = "lead",
     .value = "UNIT",
     .help = "only what this unit leads or takes part in",
     .help_zh = "只看某单位牵头或参与的"},
    {.name = "area", .value = "AREA", .help = "only this county", .help_zh = "只看某县区"},
    END};
static const struct args_option changes_options[] = {
    READING_OPTIONS,
    {.name = "since", .value = "DAY", .help = "against the end of the day before", .help_zh = "与那天之前相比"},
    {.name = "since-freeze", .value = "NAME", .help = "against what `freeze NAME` kept", .help_zh = "与某次定格相比"},
    END};
static const struct args_option reading_options[] = {READING_OPTIONS, END};
static const struct args_option alerts_options[] = {
    READING_OPTIONS,
    {.name = "sent", .help = "by message: what went to whom", .help_zh = "按发出的消息列"},
    {.name = "promises",
     .help = "who promised what until when, and whether it held",
     .help_zh = "谁承诺了什么、到哪天、兑现没有"},
    {.name = "all", .help = "with those that are over", .help_zh = "连同已了结的"},
    END};
static const struct args_option outbox_options[] = {
    READING_OPTIONS,
    {.name = "counts", .help = "how much each was sent and asked", .help_zh = "各单位收了多少、被要求多少"},
    {.name = "since", .value = "DAY", .help = "with --counts: from that day on", .help_zh = "与 --counts：从哪天起"},
    END};
static const struct args_option closeouts_options[] = {
    READING_OPTIONS, {.name = "all", .help = "with those that are closed", .help_zh = "连同已销号的"}, END};
static const struct args_option json_options[] = {JSON_OPTION, PROGRAMME_OPTION, END};
static const struct args_option decision_options[] = {
    BY_OPTION,
    PROGRAMME_OPTION,
    {.name = "reason", .value = "TEXT", .help = "why", .help_zh = "理由"},
    {.name = "as-of",
     .value = "DAY",
     .help = "the day of the figure or of the freeze",
     .help_zh = "数据或定格的截止日"},
    END};
#define REASON_OPTION                                                                                                  \
    { .name = "reason", .value = "TEXT", .help = "why", .help_zh = "理由" }
#define DOC_OPTION                                                                                                     \
    { .name = "doc", .value = "NO", .help = "number of the document", .help_zh = "文号" }
static const struct args_option trial_options[] = {BY_OPTION, REASON_OPTION, PROGRAMME_OPTION, END};
static const struct args_option issue_options[] = {
    {.name = "level", .value = "yellow_card|red_card|circular", .help = "黄牌 红牌 通报", .help_zh = "黄牌 红牌 通报"},
    {.name = "draft", .help = "only prints the text to be signed", .help_zh = "只打印代拟稿"},
    DOC_OPTION,
    BY_OPTION,
    REASON_OPTION,
    PROGRAMME_OPTION,
    END};
static const struct args_option reply_options[] = {
    {.name = "who", .value = "NAME", .help = "the person who answers", .help_zh = "答复人"},
    {.name = "by-date", .value = "DAY", .help = "until when it will be done", .help_zh = "哪天前办完"},
    {.name = "reason",
     .value = "CODE",
     .help = "天气 用地 资金 等上级标准 施工 数据有误 其他",
     .help_zh = "天气 用地 资金 等上级标准 施工 数据有误 其他"},
    {.name = "text", .value = "TEXT", .help = "in their own words", .help_zh = "原话"},
    BY_OPTION,
    PROGRAMME_OPTION,
    END};
static const struct args_option extension_options[] = {
    {.name = "due", .value = "DAY", .help = "the new day", .help_zh = "新期限"},
    DOC_OPTION,
    REASON_OPTION,
    BY_OPTION,
    PROGRAMME_OPTION,
    END};
static const struct args_option refuse_options[] = {DOC_OPTION, REASON_OPTION, BY_OPTION, PROGRAMME_OPTION, END};
static const struct args_option closeout_refuse_options[] = {
    {.name = "lead", .help = "the lead refuses, not the office", .help_zh = "牵头单位退回"},
    DOC_OPTION,
    REASON_OPTION,
    BY_OPTION,
    PROGRAMME_OPTION,
    END};
static const struct args_option mute_options[] = {
    {.name = "until", .value = "DAY|resolved", .help = "its end", .help_zh = "到哪天，或到办结"},
    {.name = "rule", .value = "RULE", .help = "only this rule: 滞后, slipping …", .help_zh = "只这一类：滞后、逾期……"},
    REASON_OPTION,
    BY_OPTION,
    PROGRAMME_OPTION,
    END};
static const struct args_option override_options[] = {
    {.name = "light", .value = "LIGHT", .help = "what is shown", .help_zh = "显示什么灯"},
    {.name = "until", .value = "DAY", .help = "its last day", .help_zh = "到哪天止"},
    REASON_OPTION,
    BY_OPTION,
    PROGRAMME_OPTION,
    END};
static const struct args_option reverse_options[] = {REASON_OPTION, BY_OPTION, PROGRAMME_OPTION, END};
static const struct args_option hold_options[] = {PROGRAMME_OPTION, END};
static const struct args_option key_allow_options[] = {
    {.name = "stream",
     .value = "NAME",
     .help = "the stream the key may speak for",
     .help_zh = "这把密钥为哪个报送流说话"},
    {.name = "unit", .value = "UNIT", .help = "who speaks", .help_zh = "哪个单位"},
    {.name = "area", .value = "CODE", .repeated = true, .help = "scope: an area", .help_zh = "范围：县区"},
    {.name = "tasks", .value = "T06,…", .repeated = true, .help = "scope: tasks", .help_zh = "范围：任务"},
    {.name = "office", .help = "the office: everything, and decisions", .help_zh = "市级办公室：全部，含各项决定"},
    {.name = "label", .value = "TEXT", .help = "what it is called in lists", .help_zh = "清单里怎么叫"},
    BY_OPTION,
    PROGRAMME_OPTION,
    END};
static const struct args_option key_revoke_options[] = {
    {.name = "stream", .value = "NAME", .help = "only for this stream", .help_zh = "只收回这个报送流"}, BY_OPTION, END};
static const struct args_option stream_reopen_options[] = {{.name = "reason",
                                                            .value = "TEXT",
                                                            .help = "why a new life of the spool is let in",
                                                            .help_zh = "为何放一个新的报送库进来"},
                                                           BY_OPTION,
                                                           END};
#define ROLE_OPTIONS                                                                                                   \
    {.name = "role",                                                                                                   \
     .value = "viewer|county|lead|office|admin",                                                                       \
     .help = "what it may see and decide",                                                                             \
     .help_zh = "能看什么、办什么"},                                                                           \
        {.name = "area", .value = "AREA", .help = "of a county's account", .help_zh = "县区账号的县区"},        \
        {.name = "unit", .value = "UNIT", .help = "of a lead's account", .help_zh = "牵头单位账号的单位"},    \
        BY_OPTION, PROGRAMME_OPTION
static const struct args_option user_add_options[] = {
    ROLE_OPTIONS,
    {.name = "no-password",
     .help = "a proxy logs it in (auth.by: header); none is asked for",
     .help_zh = "由代理登录（auth.by: header），不设密码"},
    END};
static const struct args_option user_role_options[] = {ROLE_OPTIONS, END};
static const struct args_option user_passwd_options[] = {BY_OPTION, END};
static const struct args_option user_lock_options[] = {
    BY_OPTION, {.name = "off", .help = "opens it again", .help_zh = "解锁"}, END};
static const struct args_option migrate_options[] = {
    {.name = "kind", .value = "rehearsal|real", .help = "which clock this database is for", .help_zh = "演练还是正式"},
    {.name = "sql", .value = "DIR", .help = "folder of the migrations", .help_zh = "数据库脚本文件夹"},
    END};
static const struct args_option settle_options[] = {
    JSON_OPTION,
    {.name = "timeout", .value = "S", .help = "wait so many seconds for it", .help_zh = "最多等几秒"},
    {.name = "expect", .value = "N", .help = "at least so many programs", .help_zh = "至少几个程序"},
    END};
static const struct args_option channel_test_options[] = {
    {.name = "address", .value = "ADDRESS", .help = "with log, webhook or email: where to", .help_zh = "log、webhook、email 要给地址"},
    {.name = "timeout", .value = "S", .help = "wait so many seconds for the answer", .help_zh = "最多等几秒"},
    PROGRAMME_OPTION,
    END};
static const struct args_option play_options[] = {
    {.name = "until", .value = "INSTANT", .help = "default: the last line", .help_zh = "默认到最后一行"},
    {.name = "pace", .value = "S", .help = "real seconds a day should take", .help_zh = "一天走几秒"},
    {.name = "view", .help = "draw it in place, on a terminal", .help_zh = "在终端上画出来"},
    {.name = "expect", .value = "N", .help = "wait for so many programs first", .help_zh = "先等几个程序就位"},
    {.name = "stall-timeout",
     .value = "S",
     .help = "give up when nothing settles for so long (120)",
     .help_zh = "多久不动就放弃（120）"},
    PROGRAMME_OPTION,
    END};

static const struct args_command commands[] = {
    {"status", "", 0, 0, status_options, "the morning view", "晨览", RUN(command_status)},
    {"explain", "TARGET AREA", 2, 2, reading_options, "why a light is what it is, down to the source",
     "为什么是这个灯，直到来源", RUN(command_explain)},
    {"ledger", "", 0, 0, ledger_options, "every cell, for the leader", "台账", RUN(command_ledger)},
    {"changes", "", 0, 0, changes_options, "what moved", "有什么变化", RUN(command_changes)},
    {"feeds", "[FILE]", 0, 1, reading_options, "who has reported; one file: what became of its rows",
     "谁报了；某个文件收退情况", RUN(command_feeds)},
    {"alerts", "[NUMBER]", 0, 1, alerts_options, "what stands, what was sent; one message: its text, ways and answers",
     "提醒；某条消息的全文、送达和答复", RUN(command_alerts)},
    {"outbox", "", 0, 0, outbox_options, "what goes out next, what did not arrive", "待发与未送达",
     RUN(command_outbox)},
    {"outbox hold", "ID…", 1, ARGS_MAX, hold_options, "keeps back what waits: N12, D21-1108-05", "暂存：先不发",
     RUN(command_outbox_hold)},
    {"outbox release", "ID…", 1, ARGS_MAX, hold_options, "lets it go again", "放行", RUN(command_outbox_release)},
    {"contacts", "", 0, 0, reading_options, "who is reached how, who is not", "联系方式", RUN(command_contacts)},
    {"channel list", "", 0, 0, json_options, "robots, commands and publishers, and how each does", "渠道清单",
     RUN(command_channel_list)},
    {"channel test", "NAME", 1, 1, channel_test_options, "sends a marked test message and tells the answer",
     "发一条测试消息，看回音", RUN(command_channel_test)},
    {"quarantine", "[STREAM]", 0, 1, json_options, "events that could not take effect", "未能生效的记录",
     RUN(command_quarantine)},
    {"verify", "", 0, 0, json_options, "recomputes every chain", "校验全部数据链", RUN(command_verify)},
    {"confirm", "TARGET AREA|UID", 1, 2, decision_options, "frees a held figure", "确认待核的数", RUN(command_confirm)},
    {"approve", "NUMBER[/ITEM]… [-02 …]|TARGET AREA", 1, ARGS_MAX, decision_options, "releases a computed red", "核定红灯",
     RUN(command_approve)},
    {"issue", "NUMBER[/ITEM]|TARGET AREA", 1, 2, issue_options, "issues a card or circular that is proposed",
     "发黄牌、红牌、通报", RUN(command_issue)},
    {"reply", "NUMBER[/ITEM]|TARGET AREA", 1, 2, reply_options, "takes an answer down", "记一条答复", RUN(command_reply)},
    {"extension ask", "TARGET AREA", 2, 2, extension_options, "asks for a later day", "申请延期",
     RUN(command_extension_ask)},
    {"extension grant", "E0007|TARGET AREA", 1, 2, extension_options, "grants it, to a definite day", "同意延期",
     RUN(command_extension_grant)},
    {"extension refuse", "E0007|TARGET AREA", 1, 2, refuse_options, "refuses it", "不同意延期",
     RUN(command_extension_refuse)},
    {"extensions", "", 0, 0, reading_options, "what was extended, by whom, what waits", "延期清单",
     RUN(command_extensions)},
    {"closeout claim", "TARGET AREA", 2, 2, refuse_options, "says it is done, with a document", "申请销号",
     RUN(command_closeout_claim)},
    {"closeout check", "K0004|TARGET AREA", 1, 2, refuse_options, "the lead has checked it", "牵头核查",
     RUN(command_closeout_check)},
    {"closeout verify", "K0004|TARGET AREA", 1, 2, refuse_options, "the office closes it", "核验销号",
     RUN(command_closeout_verify)},
    {"closeout refuse", "K0004|TARGET AREA", 1, 2, closeout_refuse_options, "sends it back", "退回销号申请",
     RUN(command_closeout_refuse)},
    {"closeouts", "", 0, 0, closeouts_options, "100 % but not closed, and who must verify", "完成未销号的",
     RUN(command_closeouts)},
    {"mute", "NUMBER/ITEM|TARGET AREA|AREA", 1, 2, mute_options, "nothing is said of it until its end", "暂不提醒",
     RUN(command_mute)},
    {"override", "TARGET AREA", 2, 2, override_options, "shows another light, with an end", "改灯",
     RUN(command_override)},
    {"reverse", "UID|E0007|K0004", 1, 1, reverse_options, "takes a decision back", "收回一项决定",
     RUN(command_reverse)},
    {"decisions", "", 0, 0, reading_options, "what was decided, by whom", "各项决定", RUN(command_decisions)},
    {"rehearse", "", 0, 0, rehearse_options, "what other rules would have said of the past; nothing is sent",
     "规则预演：换一套规则会提醒谁", RUN(command_rehearse)},
    {"freeze", "NAME", 1, 1, decision_options, "keeps what is known now under a name", "定格", RUN(command_freeze)},
    {"go-live", "", 0, 0, trial_options, "messages leave the office from now on", "转正式运行", RUN(command_go_live)},
    {"trial", "", 0, 0, trial_options, "back to trial: nothing leaves", "转回试运行", RUN(command_trial)},
    {"plan check", "FILE", 1, 1, plan_check_options, "all that is wrong with a plan; no database",
     "检查计划（不需要数据库）", RUN(command_plan_check)},
    {"plan load", "FILE", 1, 1, plan_load_options, "loads a plan as a new version", "装入计划", RUN(command_plan_load)},
    {"plan show", "[FILE]", 0, 1, plan_show_options, "a plan, from a file or as loaded", "查看计划",
     RUN(command_plan_show)},
    {"plan export", "", 0, 0, plan_export_options, "the loaded plan for agents", "导出目录给采集端",
     RUN(command_plan_export)},
    {"key new", "FILE", 1, 1, NULL, "makes a key pair", "生成密钥", RUN(command_key_new)},
    {"key allow", "PUBKEY", 1, 1, key_allow_options, "lets a key speak for a stream", "允许密钥报送",
     RUN(command_key_allow)},
    {"key revoke", "PUBKEY", 1, 1, key_revoke_options, "takes a key back, at once and for ever", "收回密钥",
     RUN(command_key_revoke)},
    {"key list", "", 0, 0, json_options, "all keys", "密钥清单", RUN(command_key_list)},
    {"stream list", "", 0, 0, json_options, "all streams with scope and position", "报送流清单",
     RUN(command_stream_list)},
    {"stream reopen", "NAME", 1, 1, stream_reopen_options, "lets one new life of a spool in", "重开报送流",
     RUN(command_stream_reopen)},
    {"user add", "NAME", 1, 1, user_add_options, "an account for the board; asks for its password", "建看板账号",
     RUN(command_user_add)},
    {"user passwd", "NAME", 1, 1, user_passwd_options, "another password; ends its sessions", "改密码",
     RUN(command_user_passwd)},
    {"user role", "NAME", 1, 1, user_role_options, "another role; ends its sessions", "改角色", RUN(command_user_role)},
    {"user lock", "NAME", 1, 1, user_lock_options, "ends its sessions, lets none begin", "锁定账号",
     RUN(command_user_lock)},
    {"user list", "", 0, 0, json_options, "all accounts", "账号清单", RUN(command_user_list)},
    {"migrate", "", 0, 0, migrate_options, "brings the database to this version", "升级数据库", RUN(command_migrate)},
    {"settle", "", 0, 0, settle_options, "whether all that is due has happened", "是否都办完了", RUN(command_settle)},
    {"play", "SCRIPT", 1, 1, play_options, "plays a rehearsal on the stepped clock", "演练", RUN(command_play)},
    {"doctor", "", 0, 0, json_options, "one screen: is everything well", "一屏体检", RUN(command_doctor)},
    {.name = NULL}};

static const struct args_program program = {
    .name = "duban",
    .summary = "follows tasks through until they are done on time",
    .summary_zh = "督办：把任务跟到按期办完为止",
    .commands = commands,
    .common = common_options,
};

static int complain(const struct error *err) {
    fprintf(stderr, "duban: %s%s%s\n", err->place, *err->place ? ": " : "", err->message);
    return error_exit_status(err->code);
}

/* All that is wrong with the configuration; err is the first of it. */
static int complain_of_settings(const struct config *config, const struct error *err) {
    int status = complain(err);
    for (size_t i = 1; i < config->findings.count; i++)
        fprintf(stderr, "duban: %s: %s\n", config->findings.items[i].place, config->findings.items[i].message);
    return status;
}

static void print_usage(const struct args *args, enum lang lang) {
    CLEAN(buffer_finish) struct buffer text = {0};
    args_usage(&program, args->command, lang, &text);
    fputs(buffer_text(&text), stdout);
}

static enum error_code read_now(struct cli *cli, struct error *err) {
    int64_t step;
    cli->now = real_now();
    return cli->settings.clock ? clock_file_read(cli->settings.clock, &step, &cli->now, err) : ERROR_OK;
}

/* Commands that make the clock, or need none, do not stumble over a clock file that is not there yet. */
static bool clock_may_miss(const struct args *args) {
    static const char *const names[] = {"plan check", "plan show", "key new", "migrate", "play", "doctor"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(args->command->name, names[i]) == 0) return true;
    return false;
}

static int run(const struct args *args, enum lang lang) {
    CLEAN(config_finish) struct config config = {0};
    struct cli cli = {.args = args, .lang = lang};
    struct error err = {0};
    enum error_code code = config_load(&config, &settings_program, settings_file(args_value(args, "config", NULL)),
                                       NULL, 0, &cli.settings, &err);
    if (code) return complain_of_settings(&config, &err);
    if (read_now(&cli, &err) && !clock_may_miss(args)) return complain(&err);
    const struct command *command = args->command->data;
    code = command->run(&cli, &err);
    if (cli.out.failed && !code) code = error_set(&err, ERROR_MEMORY, "out of memory");
    fwrite(buffer_text(&cli.out), 1, cli.out.len, stdout);
    buffer_finish(&cli.out);
    if (fflush(stdout) && !code) code = error_set(&err, ERROR_IO, "cannot write the output");
    return code ? complain(&err) : cli.status;
}

int main(int argc, char **argv) {
    /* UTF-8 for terminals and tables, whatever the environment says. */
    if (!setlocale(LC_CTYPE, "") || strcmp(setlocale(LC_CTYPE, NULL), "C") == 0) setlocale(LC_CTYPE, "C.UTF-8");
    log_init("duban", LOG_LEVEL_WARN, 2);
    struct args args;
    struct error err = {0};
    enum lang lang = LANG_EN;
    enum error_code code = args_parse(&program, argc, argv, &args, &err);
    const char *wanted = code ? NULL : args_value(&args, "lang", NULL);
    if (!code && wanted && !lang_parse(wanted, &lang))
        code = error_set(&err, ERROR_USAGE, "--lang %s: en or zh", wanted);
    if (code) return complain(&err);
    if (args.version) {
        puts("duban " DUBAN_VERSION);
        return EXIT_OK;
    }
    if (!args.help && args.command) return run(&args, lang);
    print_usage(&args, lang);
    return args.help ? EXIT_OK : EXIT_USAGE;
}
