/* Command lines: `PROGRAM COMMAND [--option VALUE | --option=VALUE | --flag]… [POSITIONAL]…`, `--` ends options.
 * Options stand anywhere behind the program. Borrows from argv and the tables. Pure. */
#ifndef DUBAN_BASE_ARGS_H
#define DUBAN_BASE_ARGS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/base/message.h"

struct args_option {
    const char *name;  /* "json", without dashes; a table ends with name NULL */
    const char *value; /* "FILE"; NULL = a flag */
    bool repeated;     /* may stand more than once */
    const char *help, *help_zh;
};

struct args_command {
    const char *name;        /* "status"; two words are fine: "key add". A table ends with name NULL */
    const char *positionals; /* for the usage: "TASK [AREA]" */
    size_t positional_min, positional_max;
    const struct args_option *options; /* may be NULL */
    const char *help, *help_zh;
    const void *data; /* the caller's own (its function) */
};

struct args_program {
    const char *name;
    const char *summary, *summary_zh;
    const struct args_command *commands; /* NULL: no subcommands, `plain` is the only one */
    struct args_command plain;
    const struct args_option *common; /* options every command takes; may be NULL */
};

enum { ARGS_MAX = 256 };

struct args {
    const struct args_command *command; /* NULL: none given */
    bool help, version;                 /* --help, -h, --version: always understood */
    const char *positionals[ARGS_MAX];
    size_t positional_count;
    struct args_given {
        const struct args_option *option;
        const char *value; /* NULL for a flag */
    } given[ARGS_MAX];
    size_t given_count;
};

/* ERROR_USAGE with words that name the nearest command or option. With --help or --version the rest is not checked. */
__attribute__((warn_unused_result)) enum error_code args_parse(const struct args_program *program, int argc,
                                                               char *const *argv, struct args *out, struct error *err);
bool args_has(const struct args *args, const char *option);
const char *args_value(const struct args *args, const char *option, const char *fallback); /* the last one given */
/* The next value of a repeated option: start with *at = 0; NULL at the end. */
const char *args_each(const struct args *args, const char *option, size_t *at);

/* Help of one command, or of the program with all its commands (command NULL). */
void args_usage(const struct args_program *program, const struct args_command *command, enum lang lang,
                struct buffer *out);

#endif
