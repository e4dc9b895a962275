#include "common/base/args.h"

#include <criterion/criterion.h>
#include <string.h>

#include "common/base/cleanup.h"

static const struct args_option status_options[] = {
    {.name = "area", .value = "CODE", .repeated = true, .help = "only this area", .help_zh = "只看此地区"}, {0}};
static const struct args_option common[] = {{.name = "json", .help = "JSON", .help_zh = "以 JSON 输出"},
                                            {.name = "config", .value = "FILE", .help = "configuration"},
                                            {0}};
static const struct args_command commands[] = {
    {.name = "status",
     .positionals = "[TASK]",
     .positional_max = 1,
     .options = status_options,
     .help = "where it stands",
     .help_zh = "看进度"},
    {.name = "key add", .positionals = "NAME", .positional_min = 1, .positional_max = 1, .help = "allow a key"},
    {.name = "key revoke", .positionals = "NAME", .positional_min = 1, .positional_max = 1, .help = "revoke a key"},
    {0}};
static const struct args_program program = {
    .name = "duban", .summary = "follow through", .commands = commands, .common = common};

static enum error_code parse(const char *const *words, struct args *args, struct error *err) {
    char *argv[16] = {(char[]){"duban"}};
    int argc = 1;
    for (; words[argc - 1]; argc++)
        memcpy(&argv[argc], &words[argc - 1], sizeof argv[0]);
    return args_parse(&program, argc, argv, args, err);
}

Test(args, reads_commands_options_and_words) {
    struct args args;
    struct error err = {0};
    const char *const words[] = {"--config=x.yaml", "status", "T06",           "--area",
                                 "510821",          "--json", "--area=510822", NULL};
    cr_assert_eq(parse(words, &args, &err), ERROR_OK, "%s", err.message);
    cr_assert_eq(args.command, &commands[0]);
    cr_assert_eq(args.positional_count, 1u);
    cr_assert_str_eq(args.positionals[0], "T06");
    cr_assert(args_has(&args, "json"));
    cr_assert_str_eq(args_value(&args, "config", NULL), "x.yaml");
    size_t at = 0;
    cr_assert_str_eq(args_each(&args, "area", &at), "510821");
    cr_assert_str_eq(args_each(&args, "area", &at), "510822");
    cr_assert_null(args_each(&args, "area", &at));
    cr_assert_str_eq(args_value(&args, "absent", "fallback"), "fallback");
}

Test(args, reads_commands_of_two_words_and_odd_positionals) {
    struct args args;
    struct error err = {0};
    cr_assert_eq(parse((const char *const[]){"key", "add", "--", "--name", NULL}, &args, &err), ERROR_OK);
    cr_assert_eq(args.command, &commands[1]);
    cr_assert_str_eq(args.positionals[0], "--name");
    cr_assert_eq(parse((const char *const[]){"status", "-5", NULL}, &args, &err), ERROR_OK);
    cr_assert_str_eq(args.positionals[0], "-5");
    cr_assert_eq(parse((const char *const[]){"status", "-", NULL}, &args, &err), ERROR_OK);
}

Test(args, refuses_with_a_remedy) {
    static const struct {
        const char *words[5];
        const char *message;
    } rows[] = {
        {{"statsu"}, "there is no command \"statsu\"; did you mean \"status\"?; see duban --help"},
        {{"key"}, "\"key\" wants one more word, as in \"key add\"; see duban --help"},
        {{"status", "--aera", "x"}, "there is no option --aera; did you mean --area?; see duban status --help"},
        {{"status", "--area"}, "--area wants a value: --area CODE"},
        {{"status", "--json=1"}, "--json takes no value"},
        {{"status", "--json", "--json"}, "--json stands twice"},
        {{"status", "a", "b"}, "\"b\" is one word too many: usage: duban status [TASK]"},
        {{"key", "add"}, "something is missing: usage: duban key add NAME"},
        {{"status", "-x"}, "there is no option -x; options have two dashes, see duban --help"},
        {{NULL}, "which command? see duban --help"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct args args;
        struct error err = {0};
        cr_assert_eq(parse(rows[i].words, &args, &err), ERROR_USAGE, "row %zu", i);
        cr_expect_str_eq(err.message, rows[i].message, "row %zu: %s", i, err.message);
    }
}

Test(args, help_wins_over_all_that_is_wrong) {
    struct args args;
    struct error err = {0};
    cr_assert_eq(parse((const char *const[]){"key", "add", "--help", NULL}, &args, &err), ERROR_OK);
    cr_assert(args.help);
    cr_assert_eq(args.command, &commands[1]);
    cr_assert_eq(parse((const char *const[]){"--nonsense", "-h", NULL}, &args, &err), ERROR_OK);
    cr_assert(args.help);
    cr_assert_eq(parse((const char *const[]){"--version", NULL}, &args, &err), ERROR_OK);
    cr_assert(args.version);
}

Test(args, usage_lists_commands_and_options) {
    CLEAN(buffer_finish) struct buffer all = {0};
    CLEAN(buffer_finish) struct buffer one = {0};
    args_usage(&program, NULL, LANG_EN, &all);
    cr_assert_not_null(strstr(buffer_text(&all), "  key revoke NAME               revoke a key\n"), "%s",
                       buffer_text(&all));
    args_usage(&program, &commands[0], LANG_ZH, &one);
    cr_assert_not_null(strstr(buffer_text(&one), "用法：duban status [选项]… [TASK]\n看进度\n"), "%s",
                       buffer_text(&one));
    cr_assert_not_null(strstr(buffer_text(&one), "--area CODE"));
    cr_assert_not_null(strstr(buffer_text(&one), "--json"));
}

Test(args, a_program_without_commands) {
    static const struct args_program plain = {
        .name = "feedmaker",
        .summary = "s",
        .plain = {.positional_min = 1, .positional_max = 2, .positionals = "OUT [IN]"},
        .common = common};
    char *argv[] = {(char[]){"feedmaker"}, (char[]){"out"}, (char[]){"--json"}, NULL};
    struct args args;
    struct error err = {0};
    cr_assert_eq(args_parse(&plain, 3, argv, &args, &err), ERROR_OK, "%s", err.message);
    cr_assert_str_eq(args.positionals[0], "out");
}
