#include "common/store/migrate.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/file.h"

enum { FILE_MAX = 4 * 1024 * 1024, MIGRATE_ANSWER_MS = 10 * 60 * 1000, NUMBER_DIGITS = 4 };

struct migration {
    unsigned number;
    char *name; /* of the file */
};
struct migrations {
    struct migration *items;
    size_t count;
};

static void migrations_finish(struct migrations *all) {
    for (size_t i = 0; i < all->count; i++) free(all->items[i].name);
    free(all->items);
}

/* "0001_walls.sql" → 1; 0 = not one of ours. */
static unsigned number_of(const char *name) {
    size_t len = strlen(name);
    unsigned number = 0;
    if (len < NUMBER_DIGITS + 6 || name[NUMBER_DIGITS] != '_' || strcmp(name + len - 4, ".sql") != 0) return 0;
    for (size_t i = 0; i < NUMBER_DIGITS; i++) {
        if (!isdigit((unsigned char)name[i])) return 0;
        number = number * 10 + (unsigned)(name[i] - '0');
    }
    return number;
}

static int by_number(const void *a, const void *b) {
    const struct migration *x = a, *y = b;
    return (x->number > y->number) - (x->number < y->number);
}

static enum error_code check_numbers(const struct migrations *all, const char *folder, struct error *err) {
    if (all->count == 0) return error_set(err, ERROR_NOT_FOUND, "%s holds no files NNNN_NAME.sql", folder);
    for (size_t i = 0; i < all->count; i++)
        if (all->items[i].number != i + 1)
            return error_set(err, ERROR_CONFLICT, "%s: expected number %04zu, found %s: numbers must be 0001, 0002 … without "
                             "holes", folder, i + 1, all->items[i].name);
    return ERROR_OK;
}

static enum error_code list_folder(const char *folder, struct migrations *all, struct error *err) {
    DIR *open = opendir(folder);
    if (!open) return error_set_errno(err, ERROR_IO, errno, "cannot read the folder of migrations %s", folder);
    bool memory = true;
    for (struct dirent *entry; memory && (entry = readdir(open));) {
        unsigned number = number_of(entry->d_name);
        if (!number) continue;
        struct migration *more = reallocarray(all->items, all->count + 1, sizeof *more);
        char *name = strdup(entry->d_name);
        if (more) all->items = more;
        memory = more && name;
        if (memory) all->items[all->count++] = (struct migration){number, name};
        else free(name);
    }
    (void)closedir(open);
    if (!memory) return error_set(err, ERROR_MEMORY, "no memory");
    if (all->count) qsort(all->items, all->count, sizeof *all->items, by_number);
    return check_numbers(all, folder, err);
}

static enum error_code read_file(const char *folder, const char *name, struct buffer *text,
                                 uint8_t hash[crypto_generichash_BYTES], struct error *err) {
    AUTO_FREE char *path = path_join(folder, name);
    if (!path) return error_set(err, ERROR_MEMORY, "no memory");
    enum error_code code = file_read(path, FILE_MAX, text, err);
    if (code == ERROR_OK)
        (void)crypto_generichash(hash, crypto_generichash_BYTES, (const uint8_t *)buffer_text(text), text->len, NULL, 0);
    return code;
}

/* Everything applied must still be there, byte for byte. */
static enum error_code check_applied(struct pg *pg, const struct migrations *all, const char *folder, size_t *applied,
                                     struct error *err) {
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    enum error_code code =
        pg_run(pg, "SELECT number, name, checksum FROM duban.migration ORDER BY number", NULL, &rows, err);
    *applied = pg_count(&rows);
    if (code == ERROR_OK && *applied > all->count)
        code = error_set(err, ERROR_CONFLICT, "the database has %zu migrations, %s holds %zu: install the newer duban",
                         *applied, folder, all->count);
    for (size_t i = 0; code == ERROR_OK && i < *applied; i++) {
        CLEAN(buffer_finish) struct buffer text = {0};
        uint8_t now[crypto_generichash_BYTES] = {0}, then[crypto_generichash_BYTES] = {0};
        const char *name = all->items[i].name;
        code = read_file(folder, name, &text, now, err);
        if (code == ERROR_OK && (!pg_bytes(&rows, i, 2, then, sizeof then) || memcmp(now, then, sizeof now) != 0 ||
                                 strcmp(pg_text(&rows, i, 1), name) != 0))
            code = error_set(err, ERROR_CONFLICT, "%s was changed after it had been applied: take back the change and write a "
                             "new migration", name);
    }
    return code;
}

static enum error_code apply(struct pg *pg, const struct migration *migration, const char *folder,
                             enum installation_kind kind, struct error *err) {
    CLEAN(buffer_finish) struct buffer text = {0};
    CLEAN(pg_params_finish) struct pg_params params = {0};
    uint8_t hash[crypto_generichash_BYTES] = {0};
    enum error_code code = read_file(folder, migration->name, &text, hash, err);
    if (code == ERROR_OK) code = pg_begin(pg, err);
    if (code == ERROR_OK) code = pg_script(pg, buffer_text(&text), err);
    pg_put_int(&params, (int32_t)migration->number);
    pg_put_text(&params, migration->name);
    pg_put_bytes(&params, hash, sizeof hash);
    if (code == ERROR_OK)
        code = pg_run(pg, "INSERT INTO duban.migration (number, name, checksum) VALUES ($1, $2, $3)", &params, NULL, err);
    if (code == ERROR_OK && migration->number == 1) {
        pg_params_clear(&params);
        pg_put_text(&params, installation_kind_name(kind));
        code = pg_run(pg, "INSERT INTO duban.installation (kind) VALUES ($1)", &params, NULL, err);
    }
    if (code == ERROR_OK) code = pg_commit(pg, err);
    if (code == ERROR_OK) return code;
    pg_rollback(pg);
    if (err) error_place(err, "%s", migration->name);
    return code;
}

static enum error_code check_kind(struct pg *pg, enum installation_kind kind, struct error *err) {
    enum installation_kind is = kind;
    enum error_code code = session_kind(pg, &is, err);
    if (code != ERROR_OK || is == kind) return code;
    return error_set(err, ERROR_CONFLICT, "this database was made for %s use and stays so: use another database for %s",
                     installation_kind_name(is), installation_kind_name(kind));
}

static const char preparation[] =
    "CREATE SCHEMA IF NOT EXISTS duban;"
    "CREATE TABLE IF NOT EXISTS duban.migration (number integer PRIMARY KEY, name text NOT NULL, checksum bytea NOT NULL,"
    " applied_at timestamptz NOT NULL DEFAULT now())";

static enum error_code migrate_locked(struct pg *pg, const char *folder, enum installation_kind kind,
                                      void (*told)(void *context, unsigned number, const char *name), void *context,
                                      struct migration_report *report, struct error *err) {
    CLEAN(migrations_finish) struct migrations all = {0};
    size_t applied = 0;
    enum error_code code = list_folder(folder, &all, err);
    if (code == ERROR_OK) code = pg_script(pg, preparation, err);
    if (code == ERROR_OK) code = check_applied(pg, &all, folder, &applied, err);
    if (code == ERROR_OK && applied > 0) code = check_kind(pg, kind, err);
    for (size_t i = applied; code == ERROR_OK && i < all.count; i++) {
        if (told) told(context, all.items[i].number, all.items[i].name);
        code = apply(pg, &all.items[i], folder, kind, err);
        if (code == ERROR_OK) report->applied++;
    }
    report->version = (unsigned)all.count;
    return code;
}

enum error_code migrate(struct pg *pg, const char *folder, enum installation_kind kind,
                        void (*told)(void *context, unsigned number, const char *name), void *context,
                        struct migration_report *report, struct error *err) {
    struct error ignored;
    *report = (struct migration_report){0};
    pg_set_answer_ms(pg, MIGRATE_ANSWER_MS);
    enum error_code code = pg_run(pg, "SELECT pg_advisory_lock(hashtext('duban migrate'))", NULL, NULL, err);
    if (code != ERROR_OK) return code;
    code = migrate_locked(pg, folder, kind, told, context, report, err);
    if (pg_run(pg, "SELECT pg_advisory_unlock(hashtext('duban migrate'))", NULL, NULL, &ignored) != ERROR_OK &&
        code == ERROR_OK)
        code = error_set(err, ERROR_CONNECTION, "the database went away after the migration");
    pg_set_answer_ms(pg, 0);
    return code;
}
