/* The channel `command`: a program of the operator's (an SMS gateway, a pager) gets the message as JSON on its standard
 * input. No shell; its own process group, killed at the timeout; what it prints is kept to 400 bytes. Nothing blocks: pipes
 * and the process are watched by the loop.
 *
 * Exit status: 0 = delivered; 65 (EX_DATAERR), 67 (EX_NOUSER), 77 (EX_NOPERM) = never will be; all others = try again. */
#ifndef DUBAN_ALERTER_CHANNEL_COMMAND_H
#define DUBAN_ALERTER_CHANNEL_COMMAND_H

#include <sys/types.h>

#include "common/base/loop.h"
#include "services/alerter/channel.h"

enum { COMMAND_OUTPUT_KEPT = 400 };

struct channel_command {
    struct loop *loop; /* NULL: not started */
    pid_t process;
    int process_fd, in, out; /* -1 = closed */
    struct buffer input, output;
    size_t given;
    struct loop_timer timer;
    bool late; /* killed at its timeout */
    int status; /* as waitpid gives it; counts once ended */
    void (*on_ended)(void *context);
    void *context;
};

/* on_ended is called once, from the loop, never from here. */
__attribute__((warn_unused_result)) enum error_code channel_command_start(struct channel_command *command,
                                                                          const struct channel_named *named,
                                                                          const struct delivery *delivery,
                                                                          struct loop *loop,
                                                                          void (*on_ended)(void *context),
                                                                          void *context, struct error *err);
/* Kills what still runs. Accepts a zeroed one. */
void channel_command_finish(struct channel_command *command);
struct channel_verdict channel_command_verdict(const struct channel_command *command, struct buffer *answer);

/* What the program reads; pure. */
__attribute__((warn_unused_result)) bool command_json(const struct delivery *delivery, struct buffer *out);

#endif
