#include "common/base/status.h"

#include <errno.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/cleanup.h"
#include "common/base/file.h"
#include "common/base/text.h"

enum { STATUS_BYTES_MAX = 4 * 1024 * 1024 };

static void copy_text(char *out, size_t size, const char *text) {
    CLEAN(buffer_finish) struct buffer clean = {0};
    text_clean(text, strlen(text), &clean);
    size_t len = text_cut_bytes(buffer_text(&clean), clean.len, size - 1);
    memcpy(out, buffer_text(&clean), len);
    out[len] = '\0';
}

static int64_t own_pid_namespace(void) {
    struct stat namespace;
    return stat("/proc/self/ns/pid", &namespace) == 0 && namespace.st_ino <= INT64_MAX ? (int64_t)namespace.st_ino : 0;
}

/* When a process started, in clock ticks since boot; 0 when there is no such process. */
static int64_t process_start(pid_t pid) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    CLEAN(buffer_finish) struct buffer stat = {0};
    if (file_read(path, 4096, &stat, NULL)) return 0;
    const char *at = strrchr(buffer_text(&stat), ')'); /* the program's name may hold anything */
    for (int field = 2; at && field < 22; field++) {
        at = strchr(at, ' ');
        if (at) at++;
    }
    return at ? strtoll(at, NULL, 10) : 0;
}

void status_init(struct status *status, const char *program) {
    *status = (struct status){.pid = getpid(), .step = -1, .domain = INSTANT_NONE, .written = INSTANT_NONE};
    copy_text(status->program, sizeof status->program, program);
    status->process_start = process_start(status->pid);
    status->pid_namespace = own_pid_namespace();
    status->started = real_now();
    status_set_state(status, "starting");
}

void status_finish(struct status *status) {
    if (!status) return;
    free(status->numbers);
    free(status->texts);
    *status = (struct status){0};
}

void status_set_state(struct status *status, const char *state) {
    copy_text(status->state, sizeof status->state, state);
}

void status_set_clock(struct status *status, const struct clock *clock) {
    status->step = clock_step(clock);
    status->domain = clock_domain(clock);
}

/* Room for one more; false when there is no memory, and then the new key is not told. */
static bool grow(void *items, size_t size, size_t count, size_t *capacity) {
    void **slot = items;
    if (count < *capacity) return true;
    size_t more = *capacity ? *capacity * 2 : 16;
    void *grown = reallocarray(*slot, more, size);
    if (!grown) return false;
    *slot = grown;
    *capacity = more;
    return true;
}

void status_set(struct status *status, const char *key, int64_t value) {
    for (size_t i = 0; i < status->number_count; i++) {
        if (strcmp(status->numbers[i].key, key) == 0) {
            status->numbers[i].value = value;
            return;
        }
    }
    if (!grow(&status->numbers, sizeof *status->numbers, status->number_count, &status->number_capacity)) return;
    struct status_number *number = &status->numbers[status->number_count++];
    copy_text(number->key, sizeof number->key, key);
    number->value = value;
}

void status_set_text(struct status *status, const char *key, const char *value) {
    struct status_text *text = NULL;
    for (size_t i = 0; i < status->text_count && !text; i++) {
        if (strcmp(status->texts[i].key, key) == 0) text = &status->texts[i];
    }
    if (!text) {
        if (!grow(&status->texts, sizeof *status->texts, status->text_count, &status->text_capacity)) return;
        text = &status->texts[status->text_count++];
        copy_text(text->key, sizeof text->key, key);
    }
    copy_text(text->value, sizeof text->value, value);
}

bool status_get(const struct status *status, const char *key, int64_t *value) {
    for (size_t i = 0; i < status->number_count; i++) {
        if (strcmp(status->numbers[i].key, key) == 0) {
            *value = status->numbers[i].value;
            return true;
        }
    }
    return false;
}

const char *status_get_text(const struct status *status, const char *key) {
    for (size_t i = 0; i < status->text_count; i++) {
        if (strcmp(status->texts[i].key, key) == 0) return status->texts[i].value;
    }
    return NULL;
}

void status_forget(struct status *status, const char *prefix) {
    size_t len = strlen(prefix), kept = 0;
    for (size_t i = 0; i < status->number_count; i++) {
        if (strncmp(status->numbers[i].key, prefix, len) != 0) status->numbers[kept++] = status->numbers[i];
    }
    status->number_count = kept;
    kept = 0;
    for (size_t i = 0; i < status->text_count; i++) {
        if (strncmp(status->texts[i].key, prefix, len) != 0) status->texts[kept++] = status->texts[i];
    }
    status->text_count = kept;
}

/* --- JSON --- */

static void decref(json_t **json) {
    json_decref(*json);
}

static bool add_instant(json_t *root, const char *key, struct instant t) {
    char text[INSTANT_TEXT_MAX];
    json_t *value = instant_print(t, text) ? json_string(text) : json_null();
    return json_object_set_new(root, key, value) == 0;
}

static json_t *to_json(const struct status *status) {
    json_t *numbers = json_object(), *texts = json_object();
    bool good = numbers && texts;
    for (size_t i = 0; good && i < status->number_count; i++)
        good = json_object_set_new(numbers, status->numbers[i].key, json_integer(status->numbers[i].value)) == 0;
    for (size_t i = 0; good && i < status->text_count; i++)
        good = json_object_set_new(texts, status->texts[i].key, json_string(status->texts[i].value)) == 0;
    json_t *root = json_object();
    good = good && root && json_object_set_new(root, "program", json_string(status->program)) == 0 &&
           json_object_set_new(root, "pid", json_integer(status->pid)) == 0 &&
           json_object_set_new(root, "process_start", json_integer(status->process_start)) == 0 &&
           json_object_set_new(root, "pid_namespace", json_integer(status->pid_namespace)) == 0 &&
           add_instant(root, "started", status->started) && add_instant(root, "written", status->written) &&
           json_object_set_new(root, "step", json_integer(status->step)) == 0 &&
           add_instant(root, "domain", status->domain) &&
           json_object_set_new(root, "state", json_string(status->state)) == 0 &&
           json_object_set(root, "numbers", numbers) == 0 && json_object_set(root, "texts", texts) == 0;
    json_decref(numbers);
    json_decref(texts);
    if (!good) {
        json_decref(root);
        return NULL;
    }
    return root;
}

enum error_code status_write(struct status *status, const char *file, struct error *err) {
    status->written = real_now();
    CLEAN(decref) json_t *root = to_json(status);
    AUTO_FREE char *text = root ? json_dumps(root, JSON_INDENT(1) | JSON_PRESERVE_ORDER) : NULL;
    if (!text) return error_set(err, ERROR_MEMORY, "%s: no memory for the status file", file);
    return file_write_fast(file, text, strlen(text), 0644, err);
}

static void take_text(const json_t *root, const char *key, char *out, size_t size) {
    const char *text = json_string_value(json_object_get(root, key));
    copy_text(out, size, text ? text : "");
}

static struct instant take_instant(const json_t *root, const char *key) {
    const char *text = json_string_value(json_object_get(root, key));
    struct instant t;
    return text && instant_parse(text, strlen(text), &t) ? t : INSTANT_NONE;
}

enum error_code status_read(struct status *status, const char *file, struct error *err) {
    *status = (struct status){.step = -1, .domain = INSTANT_NONE, .started = INSTANT_NONE, .written = INSTANT_NONE};
    CLEAN(buffer_finish) struct buffer bytes = {0};
    enum error_code code = file_read(file, STATUS_BYTES_MAX, &bytes, err);
    if (code) return code;
    json_error_t why;
    CLEAN(decref) json_t *root = json_loadb(buffer_text(&bytes), bytes.len, JSON_REJECT_DUPLICATES, &why);
    if (!json_is_object(root) || !json_is_string(json_object_get(root, "program")) ||
        !json_is_integer(json_object_get(root, "pid")))
        return error_set(err, ERROR_INPUT, "%s is not a status file of a duban program: %s", file,
                         root ? "program or pid is missing" : why.text);
    take_text(root, "program", status->program, sizeof status->program);
    take_text(root, "state", status->state, sizeof status->state);
    json_int_t pid = json_integer_value(json_object_get(root, "pid"));
    status->pid = pid > 0 && pid <= INT32_MAX ? (pid_t)pid : 0;
    status->process_start = json_integer_value(json_object_get(root, "process_start"));
    status->pid_namespace = json_integer_value(json_object_get(root, "pid_namespace"));
    const json_t *step = json_object_get(root, "step");
    status->step = json_is_integer(step) ? json_integer_value(step) : -1;
    status->started = take_instant(root, "started");
    status->written = take_instant(root, "written");
    status->domain = take_instant(root, "domain");
    const char *key;
    json_t *value;
    json_object_foreach(json_object_get(root, "numbers"), key, value) {
        if (json_is_integer(value)) status_set(status, key, json_integer_value(value));
    }
    json_object_foreach(json_object_get(root, "texts"), key, value) {
        if (json_is_string(value)) status_set_text(status, key, json_string_value(value));
    }
    return ERROR_OK;
}

bool status_alive(const struct status *status) {
    if (status->pid_namespace != 0 && status->pid_namespace != own_pid_namespace()) return true;
    if (status->pid <= 0 || (kill(status->pid, 0) != 0 && errno != EPERM)) return false;
    return process_start(status->pid) == status->process_start;
}
