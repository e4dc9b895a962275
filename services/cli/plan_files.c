#include "services/cli/plan_files.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/file.h"
#include "common/base/yaml.h"
#include "common/domain/table.h"

static const char *const roles[] = {"allocation", "nodes", "denominators", "openings", "contacts", "calendar", "rules"};
enum { ROLES = sizeof roles / sizeof *roles };

static const char *role_named(const char *text, size_t len) {
    for (size_t i = 0; i < ROLES; i++)
        if (strlen(roles[i]) == len && memcmp(roles[i], text, len) == 0) return roles[i];
    return NULL;
}

static bool has_role(const struct plan_files *files, const char *role) {
    for (size_t i = 0; i < files->count; i++)
        if (strcmp(files->texts[i].role, role) == 0) return true;
    return false;
}

/* Takes the path (heap). The first file of a role counts: the command line's before the plan's own. */
static enum error_code add(struct plan_files *files, const char *role, char *path, struct error *err) {
    if (!path) return error_set(err, ERROR_MEMORY, "out of memory");
    if (has_role(files, role) || files->count == PLAN_FILES_MAX) {
        free(path);
        return ERROR_OK;
    }
    size_t at = files->count++;
    files->paths[at] = path;
    files->texts[at] = (struct plan_text){.role = role, .name = path};
    enum error_code code = file_read(path, TABLE_BYTES_MAX, &files->bytes[at], err);
    files->texts[at].bytes = (struct slice){buffer_text(&files->bytes[at]), files->bytes[at].len};
    return code;
}

static enum error_code add_given(struct plan_files *files, const struct args *args, struct error *err) {
    enum error_code code = ERROR_OK;
    for (size_t i = 0; i < ROLES && !code; i++)
        if (args_has(args, roles[i])) code = add(files, roles[i], strdup(args_value(args, roles[i], "")), err);
    const char *given;
    for (size_t at = 0; !code && (given = args_each(args, "table", &at));) {
        const char *equals = strchr(given, '=');
        const char *role = equals ? role_named(given, (size_t)(equals - given)) : NULL;
        if (!role)
            return error_set(err, ERROR_USAGE,
                             "--table %s: give ROLE=FILE with one of the roles allocation, nodes, "
                             "denominators, openings, contacts, calendar, rules",
                             given);
        code = add(files, role, strdup(equals + 1), err);
    }
    return code;
}

/* The plan's own list. What else is wrong with the file, the plan's reader tells. */
static enum error_code add_own(struct plan_files *files, const char *file, struct findings *findings,
                               struct error *err) {
    CLEAN(findings_finish) struct findings ignored = {0};
    CLEAN(yaml_finish) struct yaml doc;
    bool parsed = yaml_parse(&doc, file, files->texts[0].bytes.ptr, files->texts[0].bytes.len, &ignored);
    AUTO_FREE char *folder = path_folder(file);
    if (!folder || !parsed || doc.root->kind != YAML_KIND_MAP) return ERROR_OK;
    struct yaml_node *tables = yaml_map_get(&doc, doc.root, "tables", YAML_OPTIONAL);
    if (!tables || tables->kind != YAML_KIND_MAP) return ERROR_OK;
    doc.findings = findings;
    enum error_code code = ERROR_OK;
    for (size_t i = 0; i < ROLES && !code; i++) {
        const char *path = NULL;
        if (yaml_get_text(&doc, tables, roles[i], YAML_OPTIONAL, &path))
            code = add(files, roles[i], path_join(folder, path), err);
    }
    yaml_no_others(&doc, tables);
    return code;
}

enum error_code plan_files_read(struct plan_files *out, const char *file, const struct args *args, const char *calendar,
                                struct findings *findings, struct error *err) {
    *out = (struct plan_files){0};
    enum error_code code = add(out, "plan", strdup(file), err);
    if (!code) code = add_given(out, args, err);
    if (!code) code = add_own(out, file, findings, err);
    if (!code && calendar && !has_role(out, "calendar")) {
        out->default_calendar = true;
        code = add(out, "calendar", strdup(calendar), err);
    }
    return code;
}

void plan_files_finish(struct plan_files *files) {
    for (size_t i = 0; i < files->count; i++) {
        buffer_finish(&files->bytes[i]);
        free(files->paths[i]);
    }
    *files = (struct plan_files){0};
}
