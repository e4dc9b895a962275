#include "services/collector/source_settings.h"

#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/file.h"
#include "common/link/context.h"

enum { QUIET_DEFAULT_MS = 60000 };

static const struct word kinds[] = {{"folder", SOURCE_FOLDER}, {"sql", SOURCE_SQL},     {"http", SOURCE_HTTP},
                                    {"zmq", SOURCE_ZMQ},       {"stdin", SOURCE_STDIN}, {NULL, 0}};

const char *source_kind_word(enum source_kind kind) {
    return kinds[kind].text;
}

/* --- the mapping --- */

/* A mapping in a file of its own; its findings name that file. */
static void read_mapping_file(struct config *config, struct yaml_node *node, struct arena *arena, struct mapping *out) {
    const char *path = config_path(config, node->text);
    CLEAN(buffer_finish) struct buffer bytes = {0};
    struct error err;
    mapping_read(&config->doc, NULL, arena, out);
    if (!path || file_read(path, YAML_BYTES_MAX, &bytes, &err)) {
        yaml_wrong(&config->doc, node, "mapping: %s", path ? err.message : "no memory");
        return;
    }
    CLEAN(yaml_finish) struct yaml doc;
    if (yaml_parse(&doc, path, buffer_text(&bytes), bytes.len, &config->findings))
        mapping_read(&doc, doc.root, arena, out);
}

static void read_mapping(struct config *config, struct yaml_node *node, struct arena *arena, struct mapping *out) {
    struct yaml_node *mapping = yaml_map_get(&config->doc, node, "mapping", YAML_OPTIONAL);
    if (mapping && mapping->kind == YAML_KIND_SCALAR)
        read_mapping_file(config, mapping, arena, out);
    else
        mapping_read(&config->doc, mapping, arena, out);
}

/* --- what is each kind's own --- */

static const char *get_path(struct config *config, struct yaml_node *node, const char *key, enum yaml_need need,
                            struct arena *arena) {
    const char *text = NULL;
    if (!yaml_get_text(&config->doc, node, key, need, &text)) return NULL;
    const char *absolute = config_path(config, text);
    return arena_copy(arena, absolute ? absolute : text);
}

static void read_folder(struct config *config, struct yaml_node *node, struct arena *arena,
                        struct source_settings *source) {
    const char *text = NULL;
    source->folder = get_path(config, node, "folder", YAML_REQUIRED, arena);
    if (yaml_get_text(&config->doc, node, "quiet", YAML_OPTIONAL, &text) &&
        !config_parse_duration(text, &source->quiet_ms))
        yaml_wrong(&config->doc, node, "quiet: \"%s\" is not a duration like 30s, 5min", text);
}

static void read_http(struct config *config, struct yaml_node *node, struct arena *arena, struct source_http *out) {
    struct yaml_node *http = yaml_get_map(&config->doc, node, "http", YAML_OPTIONAL);
    if (!http) return;
    out->token = get_path(config, http, "token", YAML_OPTIONAL, arena);
    yaml_no_others(&config->doc, http);
}

/* A key may look like a path, a path never like a key of 40 characters. */
static void read_key(struct config *config, struct yaml_node *node, const char *text, char out[KEY_TEXT_MAX]) {
    uint8_t bytes[KEY_BYTES];
    struct error err;
    const char *path = key_to_bytes(text, bytes) ? text : config_path(config, text);
    if (key_public_read(path ? path : text, out, &err)) yaml_wrong(&config->doc, node, "keys: %s", err.message);
}

static void read_zmq(struct config *config, struct yaml_node *node, struct arena *arena, struct source_zmq *out) {
    struct yaml *doc = &config->doc;
    struct yaml_node *zmq = yaml_get_map(doc, node, "zmq", YAML_REQUIRED);
    const char *listen = NULL, *const *keys = NULL;
    struct error err;
    size_t count = 0;
    if (!zmq) return;
    if (yaml_get_text(doc, zmq, "listen", YAML_REQUIRED, &listen)) {
        out->listen = arena_copy(arena, listen);
        if (link_address_check(listen, &err)) yaml_wrong(doc, zmq, "listen: %s", err.message);
    }
    yaml_get_texts(doc, zmq, "keys", YAML_REQUIRED, &keys, &count);
    if (count > SOURCE_KEYS_MAX) yaml_wrong(doc, zmq, "more than %d keys", SOURCE_KEYS_MAX);
    out->keys = arena_array(arena, count, sizeof *out->keys);
    for (; out->keys && out->key_count < count && out->key_count < SOURCE_KEYS_MAX; out->key_count++)
        read_key(config, zmq, keys[out->key_count], out->keys[out->key_count]);
    yaml_no_others(doc, zmq);
}

static void read_kind(struct config *config, struct yaml_node *node, struct arena *arena,
                      struct source_settings *source) {
    struct yaml_node *sql = source->kind == SOURCE_SQL ? yaml_map_get(&config->doc, node, "sql", YAML_REQUIRED) : NULL;
    switch (source->kind) {
    case SOURCE_FOLDER:
        read_folder(config, node, arena, source);
        break;
    case SOURCE_SQL:
        if (sql) sql_settings_read(config, sql, arena, &source->sql);
        break;
    case SOURCE_HTTP:
        read_http(config, node, arena, &source->http);
        break;
    case SOURCE_ZMQ:
        read_zmq(config, node, arena, &source->zmq);
        break;
    case SOURCE_STDIN:
        break;
    }
}

/* Nobody waits for an answer there: without a folder what was refused would be heard of at the centre alone. */
static bool answers_nobody(enum source_kind kind) {
    return kind == SOURCE_SQL || kind == SOURCE_ZMQ;
}

/* Days that this kind of source cannot give. */
static void check_as_of(struct yaml *doc, struct yaml_node *node, const struct source_settings *source) {
    enum as_of_from from = source->mapping.as_of;
    if (from == AS_OF_MTIME && source->kind != SOURCE_FOLDER)
        yaml_wrong(doc, node, "as_of: mtime is the day a file was saved: only a folder has files");
    if (from == AS_OF_FILE_NAME && answers_nobody(source->kind))
        yaml_wrong(doc, node, "as_of: {file: …}: what comes by %s has no name", source_kind_word(source->kind));
    if (from == AS_OF_TITLE && source->kind == SOURCE_SQL)
        yaml_wrong(doc, node, "as_of: title: the result of a query has no title; give the day as a column");
    if (from == AS_OF_PERIOD && source->kind == SOURCE_SQL && source->sql.watermark)
        yaml_wrong(doc, node,
                   "as_of: period with a watermark: rows that did not change would be missing in the next period; "
                   "leave the watermark out, or give the day as a column");
}

static void read_name(struct yaml *doc, struct yaml_node *node, struct arena *arena, struct source_settings *source) {
    const char *name = NULL;
    if (!yaml_get_text(doc, node, "name", YAML_REQUIRED, &name)) return;
    source->name = arena_copy(arena, name);
    if (source->kind != SOURCE_FOLDER && (strlen(name) > SOURCE_NAME_BYTES || strchr(name, '/') || *name == '.'))
        yaml_wrong(doc, node,
                   "name: \"%s\" becomes part of addresses and file names: at most %d bytes, without / and not "
                   "beginning with a dot",
                   name, SOURCE_NAME_BYTES);
}

void source_settings_read(struct config *config, struct yaml_node *node, struct arena *arena,
                          struct source_settings *out) {
    struct yaml *doc = &config->doc;
    int kind = SOURCE_FOLDER;
    *out = (struct source_settings){.quiet_ms = QUIET_DEFAULT_MS};
    yaml_get_word(doc, node, "source", YAML_OPTIONAL, kinds, &kind);
    out->kind = (enum source_kind)kind;
    read_name(doc, node, arena, out);
    read_kind(config, node, arena, out);
    out->rejected =
        get_path(config, node, "rejected", answers_nobody(out->kind) ? YAML_REQUIRED : YAML_OPTIONAL, arena);
    yaml_get_bool(doc, node, "on_behalf", YAML_OPTIONAL, &out->on_behalf);
    read_mapping(config, node, arena, &out->mapping);
    check_as_of(doc, node, out);
    yaml_no_others(doc, node);
}
