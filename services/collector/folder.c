#include "services/collector/folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool has_ending(const char *name, const char *ending) {
    size_t len = strlen(name), end = strlen(ending);
    return len >= end && strcasecmp(name + len - end, ending) == 0;
}

bool folder_ignores(const char *name) {
    static const char *const endings[] = {".tmp", ".temp", ".part", ".partial", ".crdownload",   ".download",
                                          ".swp", ".lock", ".lck",  "~",        ".rejected.csv", ".rejected.xlsx"};
    if (name[0] == '.' || strncmp(name, "~$", 2) == 0 || strncmp(name, "~", 1) == 0) return true;
    if (strcasecmp(name, "thumbs.db") == 0 || strcasecmp(name, "desktop.ini") == 0) return true;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (has_ending(name, endings[i])) return true;
    return false;
}

static int by_name(const void *left, const void *right) {
    return strcmp(((const struct folder_file *)left)->name, ((const struct folder_file *)right)->name);
}

int64_t folder_mtime_ns(const struct stat *seen) {
    return (int64_t)seen->st_mtim.tv_sec * 1000000000 + seen->st_mtim.tv_nsec;
}

static bool list_add(struct folder_list *list, const char *name, const struct stat *stat) {
    if (list->count == list->capacity) {
        size_t wanted = list->capacity ? list->capacity * 2 : 32;
        struct folder_file *grown = realloc(list->files, wanted * sizeof *grown);
        if (!grown) return false;
        list->files = grown;
        list->capacity = wanted;
    }
    char *copy = strdup(name);
    if (!copy) return false;
    list->files[list->count++] = (struct folder_file){
        .name = copy,
        .size = stat->st_size,
        .mtime_ns = folder_mtime_ns(stat),
    };
    return true;
}

enum error_code folder_read(const char *folder, struct folder_list *out, struct error *err) {
    *out = (struct folder_list){.files = NULL};
    DIR *dir = opendir(folder);
    if (!dir) return error_set_errno(err, ERROR_IO, errno, "the folder %s cannot be read", folder);
    bool memory = true;
    for (struct dirent *entry; memory && (entry = readdir(dir));) {
        struct stat stat;
        if (folder_ignores(entry->d_name)) continue;
        /* one that vanishes in between is simply not there */
        if (fstatat(dirfd(dir), entry->d_name, &stat, 0) != 0 || !S_ISREG(stat.st_mode)) continue;
        memory = list_add(out, entry->d_name, &stat);
    }
    closedir(dir);
    if (!memory) return error_set(err, ERROR_MEMORY, "no memory for the folder's list");
    if (out->count) qsort(out->files, out->count, sizeof *out->files, by_name);
    return ERROR_OK;
}

void folder_list_finish(struct folder_list *list) {
    for (size_t i = 0; i < list->count; i++)
        free(list->files[i].name);
    free(list->files);
    *list = (struct folder_list){.files = NULL};
}

enum folder_verdict folder_judge(const struct folder_file *file, struct instant now, int64_t quiet_ms,
                                 struct source_look *look, bool *changed, struct instant *again) {
    bool same = look->found && look->size == file->size && look->mtime_ns == file->mtime_ns;
    *changed = false;
    *again = INSTANT_NONE;
    if (same && look->decided) return FOLDER_DONE;
    /* a clock that was set back must not make a file wait until its old time comes again */
    if (!same || now.ms < look->since.ms) {
        struct instant first = look->found && !look->decided && look->first.ms <= now.ms ? look->first : now;
        *look = (struct source_look){
            .found = true, .size = file->size, .mtime_ns = file->mtime_ns, .since = now, .first = first};
        *changed = true;
    }
    if (now.ms - look->since.ms >= quiet_ms) return FOLDER_READY;
    *again = (struct instant){look->since.ms + quiet_ms};
    return FOLDER_WAIT;
}
