#include "services/alerter/channel_command.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/cleanup.h"
#include "common/base/text.h"

/* --- what it reads --- */

static json_t *mention_json(const char *mention) {
    json_t *list = json_array();
    while (mention && *mention) {
        size_t len = strcspn(mention, ",");
        if (len > 0) json_array_append_new(list, json_stringn(mention, len));
        mention += len + (mention[len] == ',');
    }
    return list;
}

bool command_json(const struct delivery *d, struct buffer *out) {
    char rendered[INSTANT_TEXT_MAX];
    instant_print(d->rendered_at, rendered);
    json_t *items = json_loads(d->facts, 0, NULL);
    json_t *json = json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:s, s:s, s:s, s:o}", "programme", d->programme, "number",
                             d->number, "kind", d->kind ? d->kind : "notices", "recipient", d->recipient, "key", d->key,
                             "mention", mention_json(d->mention), "rendered_at", rendered, "first_line", d->first_line,
                             "text", d->body, "items", items ? items : json_array());
    AUTO_FREE char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    json_decref(json);
    if (text) buffer_add_text(out, text);
    buffer_add_char(out, '\n');
    return text && !out->failed;
}

/* --- the process --- */

static void forget_fd(struct channel_command *command, int *fd) {
    if (*fd < 0) return;
    loop_unwatch(command->loop, *fd);
    loop_fd_close(fd);
}

static void on_input(void *context, short events) {
    (void)events;
    struct channel_command *command = context;
    size_t left = command->input.len - command->given;
    ssize_t len = write(command->in, buffer_text(&command->input) + command->given, left);
    if (len > 0) command->given += (size_t)len;
    bool closed = len < 0 && errno != EAGAIN && errno != EINTR; /* it need not read all */
    if (closed || command->given == command->input.len) forget_fd(command, &command->in);
}

/* Reads on when enough is kept: a program must not stand still because of what it prints. */
static void on_output(void *context, short events) {
    (void)events;
    struct channel_command *command = context;
    char bytes[4096];
    ssize_t len = read(command->out, bytes, sizeof bytes);
    if (len == 0 || (len < 0 && errno != EAGAIN && errno != EINTR)) forget_fd(command, &command->out);
    size_t room = COMMAND_OUTPUT_KEPT - command->output.len;
    if (len > 0 && room > 0) buffer_add(&command->output, bytes, (size_t)len < room ? (size_t)len : room);
}

static void on_exit_seen(void *context, short events) {
    (void)events;
    struct channel_command *command = context;
    if (waitpid(command->process, &command->status, WNOHANG) != command->process) return;
    command->process = 0;
    while (command->out >= 0 && poll(&(struct pollfd){.fd = command->out, .events = POLLIN}, 1, 0) > 0)
        on_output(command, POLLIN); /* what it said last; a grandchild that keeps the pipe is not waited for */
    loop_timer_cancel(&command->loop->timers, &command->timer);
    forget_fd(command, &command->process_fd);
    forget_fd(command, &command->in);
    forget_fd(command, &command->out);
    command->on_ended(command->context);
}

static void on_late(void *context) {
    struct channel_command *command = context;
    command->late = true;
    kill(-command->process, SIGKILL); /* the group: its children too */
}

static int spawn(const struct channel_named *named, int in, int out, pid_t *process) {
    char path[] = "PATH=/usr/local/bin:/usr/bin:/bin", language[] = "LANG=C.UTF-8";
    char *const environment[] = {path, language, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, pipe;
    char **argv = calloc(named->argc + 1, sizeof *argv);
    if (!argv) return ENOMEM;
    for (size_t i = 0; i < named->argc; i++) memcpy(&argv[i], &named->argv[i], sizeof *argv);
    sigemptyset(&none);
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in, 0);
    posix_spawn_file_actions_adddup2(&actions, out, 1);
    posix_spawn_file_actions_adddup2(&actions, out, 2);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &pipe);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    int why = posix_spawn(process, named->argv[0], &actions, &attributes, argv, environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    free(argv);
    return why;
}

static enum error_code start(struct channel_command *command, const struct channel_named *named, struct error *err) {
    int in[2] = {-1, -1}, out[2] = {-1, -1};
    int why = pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC) ? errno : spawn(named, in[0], out[1], &command->process);
    if (!why) {
        command->process_fd = pidfd_open(command->process, 0);
        why = command->process_fd < 0 ? errno : 0;
    }
    loop_fd_close(&in[0]);
    loop_fd_close(&out[1]);
    command->in = in[1];
    command->out = out[0];
    if (why == ENOENT || why == EACCES)
        return error_set_errno(err, ERROR_INPUT, why, "cannot start %s", named->argv[0]);
    if (why) return error_set_errno(err, ERROR_IO, why, "cannot start %s", named->argv[0]);
    (void)fcntl(command->in, F_SETFL, O_NONBLOCK);
    (void)fcntl(command->out, F_SETFL, O_NONBLOCK);
    return ERROR_OK;
}

enum error_code channel_command_start(struct channel_command *command, const struct channel_named *named,
                                      const struct delivery *d, struct loop *loop, void (*on_ended)(void *context),
                                      void *context, struct error *err) {
    *command = (struct channel_command){.loop = loop, .process_fd = -1, .in = -1, .out = -1, .on_ended = on_ended,
                                        .context = context};
    command->timer = (struct loop_timer){.due = TICK_NONE, .fire = on_late, .context = command};
    if (!command_json(d, &command->input)) return error_set(err, ERROR_MEMORY, "out of memory for a command");
    enum error_code code = start(command, named, err);
    if (!code) code = loop_watch(loop, command->process_fd, POLLIN, on_exit_seen, command, err);
    if (!code) code = loop_watch(loop, command->in, POLLOUT, on_input, command, err);
    if (!code) code = loop_watch(loop, command->out, POLLIN, on_output, command, err);
    if (!code) loop_timer_arm(&loop->timers, &command->timer, tick_after(tick_now(), named->timeout_ms));
    return code;
}

void channel_command_finish(struct channel_command *command) {
    if (!command->loop) return;
    loop_timer_cancel(&command->loop->timers, &command->timer);
    forget_fd(command, &command->process_fd);
    forget_fd(command, &command->in);
    forget_fd(command, &command->out);
    if (command->process > 0) {
        kill(-command->process, SIGKILL);
        waitpid(command->process, &command->status, 0);
    }
    channel_secret_forget(&command->input);
    buffer_finish(&command->output);
    *command = (struct channel_command){0};
}

struct channel_verdict channel_command_verdict(const struct channel_command *command, struct buffer *answer) {
    enum { DATA_ERROR = 65, NO_USER = 67, NO_PERMISSION = 77 };
    int status = WIFEXITED(command->status) ? WEXITSTATUS(command->status) : -1;
    if (command->late) buffer_add_text(answer, "killed at its timeout");
    else if (status < 0) buffer_printf(answer, "ended by signal %d", WTERMSIG(command->status));
    else buffer_printf(answer, "exit status %d", status);
    if (command->output.len > 0) buffer_add_text(answer, ": ");
    size_t kept = text_cut_bytes(buffer_text(&command->output), command->output.len, COMMAND_OUTPUT_KEPT);
    text_clean(buffer_text(&command->output), kept, answer);
    bool never = status == DATA_ERROR || status == NO_USER || status == NO_PERMISSION;
    return (struct channel_verdict){.outcome = status == 0 && !command->late ? DELIVERY_DELIVERED
                                               : never                      ? DELIVERY_FAILED
                                                                            : DELIVERY_RETRY};
}
