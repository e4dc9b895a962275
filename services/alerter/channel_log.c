#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/base/cleanup.h"
#include "common/base/log.h"
#include "services/alerter/channel.h"

static void close_fd(int *fd) {
    if (*fd >= 0) close(*fd);
}

static char *line_of(const struct delivery *d) {
    char rendered[INSTANT_TEXT_MAX];
    instant_print(d->rendered_at, rendered);
    json_t *items = json_loads(d->facts, 0, NULL);
    json_t *json = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o}", "number", d->number, "recipient", d->recipient,
                             "rendered_at", rendered, "first_line", d->first_line, "body", d->body, "key", d->key,
                             "items", items ? items : json_null());
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    json_decref(json);
    return text;
}

enum error_code channel_log(const struct channel_settings *settings, const struct delivery *d, struct error *err) {
    log_info("message_delivered", "channel=log recipient=%s number=%s first_line=%s", d->recipient, d->number,
             d->first_line);
    if (!settings->log_file) return ERROR_OK;
    CLEAN(buffer_finish) struct buffer line = {0};
    AUTO_FREE char *text = line_of(d);
    if (!text) return error_set(err, ERROR_MEMORY, "out of memory for a log line");
    buffer_add_text(&line, text);
    buffer_add_text(&line, "\n");
    CLEAN(close_fd) int fd = open(settings->log_file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
    if (fd < 0) return error_set_errno(err, ERROR_IO, errno, "cannot open the file of messages %s", settings->log_file);
    ssize_t written = write(fd, buffer_text(&line), line.len);
    if (written != (ssize_t)line.len)
        return error_set_errno(err, ERROR_IO, errno, "cannot append to the file of messages %s", settings->log_file);
    return ERROR_OK;
}
