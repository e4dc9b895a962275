#include "services/collector/taker.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/cleanup.h"
#include "common/base/file.h"
#include "common/base/log.h"
#include "common/base/random.h"
#include "proto/chain.h"
#include "services/collector/folder.h"
#include "services/collector/mark.h"
#include "services/collector/marked.h"
#include "services/collector/rejected.h"
#include "services/collector/workbook.h"

enum {
    EVENT_ROOM = 600,
    UNFINISHED_MS = MS_DAY,
    HEAD_BYTES = 512,
};

/* --- the spool as memory --- */

static enum error_code memory_at(void *context, const struct source_cell *cell, struct day as_of,
                                 struct source_figure *out, struct error *err) {
    return sources_figure_at(context, cell, as_of, out, err);
}
static enum error_code memory_before(void *context, const struct source_cell *cell, struct day as_of,
                                     struct source_figure *out, struct error *err) {
    return sources_figure_before(context, cell, as_of, out, err);
}
static enum error_code memory_words(void *context, const struct source_cell *cell, struct day as_of, struct slice words,
                                    bool *same, struct error *err) {
    return sources_words_same(context, cell, as_of, words, same, err);
}
static enum error_code memory_last_file(void *context, const char *source, struct source_extent *out,
                                        struct error *err) {
    return sources_extent_find(context, source, out, err);
}
struct memory taker_memory(struct spool *spool) {
    return (struct memory){.context = spool,
                           .figure_at = memory_at,
                           .figure_before = memory_before,
                           .words_same = memory_words,
                           .last_file = memory_last_file};
}

/* --- one file --- */

static void content_hash(const struct buffer *bytes, uint8_t out[SOURCE_HASH_BYTES]) {
    struct chain_hash hash = chain_digest((const uint8_t *)buffer_text(bytes), bytes->len);
    memcpy(out, hash.bytes, SOURCE_HASH_BYTES);
}

/* --- a workbook stays where it is --- */

struct file_bytes {
    FILE *file;
    bool failed;
};

static size_t next_bytes(void *context, uint8_t *room, size_t cap) {
    struct file_bytes *in = context;
    size_t len = fread(room, 1, cap, in->file);
    in->failed |= len < cap && ferror(in->file);
    return len;
}

static bool file_hash(FILE *file, uint8_t out[SOURCE_HASH_BYTES]) {
    struct file_bytes in = {.file = file};
    if (fseeko(file, 0, SEEK_SET) != 0) return false;
    struct chain_hash hash = chain_digest_of(next_bytes, &in);
    memcpy(out, hash.bytes, SOURCE_HASH_BYTES);
    return !in.failed;
}

/* NULL: no workbook, or it cannot be opened (then reading it as text says why). */
static FILE *open_workbook(const char *path, struct buffer *head) {
    char begin[HEAD_BYTES];
    FILE *file = fopen(path, "rbe");
    size_t len = file ? fread(begin, 1, sizeof begin, file) : 0;
    if (file && decode_is_zip((struct slice){begin, len})) {
        buffer_add(head, begin, len);
        return file;
    }
    if (file) fclose(file);
    return NULL;
}

/* It may have been written over, or the share may have gone, while it was read. */
static bool still_the_same(const struct paper *paper) {
    uint8_t hash[SOURCE_HASH_BYTES];
    return !paper->file || (file_hash(paper->file, hash) && memcmp(hash, paper->hash, sizeof hash) == 0);
}

static int64_t file_size(FILE *file) {
    struct stat seen;
    return fstat(fileno(file), &seen) == 0 ? (int64_t)seen.st_size : -1;
}

enum error_code taker_open(const struct settings *settings, const struct source_settings *source, const char *path,
                           struct buffer *bytes, struct paper *paper, struct error *err) {
    struct stat seen;
    bool known = stat(path, &seen) == 0 && S_ISREG(seen.st_mode);
    FILE *file = known && seen.st_size <= WORKBOOK_BYTES_MAX ? open_workbook(path, bytes) : NULL;
    bool too_large = !file && known && seen.st_size > SHEET_BYTES_MAX;
    enum error_code code = too_large || file ? ERROR_OK : file_read(path, SHEET_BYTES_MAX, bytes, err);
    if (code) return code;
    /* what is not read is known by its name and size */
    if (too_large) buffer_printf(bytes, "%s %lld", path_name(path), (long long)seen.st_size);
    *paper = (struct paper){.source = source->name,
                            .name = slice_of(path_name(path)),
                            .bytes = {buffer_text(bytes), bytes->len},
                            .file = file,
                            .too_large = too_large,
                            .modified = known ? (struct instant){seen.st_mtim.tv_sec * 1000} : INSTANT_NONE,
                            .mapping = &source->mapping,
                            .unit = settings->unit,
                            .on_behalf = source->on_behalf,
                            .make_uid = random_uid};
    if (!file) {
        content_hash(bytes, paper->hash);
    } else if (!file_hash(file, paper->hash)) {
        taker_close(paper);
        return error_set(err, ERROR_IO, "%s cannot be read to its end", path);
    }
    return ERROR_OK;
}

void taker_close(struct paper *paper) {
    if (paper->file) fclose(paper->file);
    paper->file = NULL;
}

bool taker_is_whole(const struct paper *paper) {
    if (paper->too_large) return true;
    return paper->file ? workbook_is_whole(paper->file) : decode_is_whole(paper->bytes);
}

static enum error_code keep_outcome(struct spool *spool, const struct outcome *outcome, struct instant now,
                                    struct error *err) {
    if (outcome->kind != OUTCOME_EVENT) return ERROR_OK;
    enum error_code code = spool_append_event(spool, &outcome->event, now, NULL, err);
    if (!code && outcome->remember_figure) code = sources_figure_set(spool, &outcome->cell, &outcome->figure, err);
    if (!code && outcome->remember_words)
        code = sources_words_set(spool, &outcome->cell, outcome->reading.as_of, outcome->reading.note, err);
    return code;
}

enum error_code taker_keep_outcomes(struct spool *spool, const struct verdict *verdict, struct instant now,
                                    struct error *err) {
    enum error_code code = ERROR_OK;
    for (size_t i = 0; !code && i < verdict->outcome_count; i++)
        code = keep_outcome(spool, &verdict->outcomes[i], now, err);
    return code;
}

static bool is_asked_again(enum source_kind kind) {
    return kind == SOURCE_HTTP || kind == SOURCE_STDIN;
}

static enum error_code keep_receipt(struct taker *taker, const struct source_settings *source,
                                    const struct paper *paper, const struct verdict *verdict,
                                    const uint8_t mark[SOURCE_HASH_BYTES], struct error *err) {
    if (!is_asked_again(source->kind) || verdict->whole.code) return ERROR_OK;
    struct instant before = {paper->now.ms - taker->settings->keep_ms};
    enum error_code code =
        sources_receipt_set(taker->spool, source->name, mark, verdict->receipt.more, paper->now, err);
    return code ? code : sources_receipt_forget(taker->spool, before, err);
}

/* look NULL: it is no file that is looked at again. */
static enum error_code keep_all(struct taker *taker, const struct source_settings *source, const struct paper *paper,
                                const struct verdict *verdict, const struct source_look *look, const char *name,
                                struct error *err) {
    struct spool *spool = taker->spool;
    uint8_t mark[SOURCE_HASH_BYTES];
    mark_of(paper, verdict->whole.code != REFUSAL_NONE, mark);
    enum error_code code = spool_begin(spool, err);
    if (!code) code = taker_keep_outcomes(spool, verdict, paper->now, err);
    if (!code) code = spool_append_event(spool, &verdict->receipt, paper->now, NULL, err);
    if (!code) code = sources_file_mark(spool, paper->source, mark, name, paper->now, err);
    if (!code) code = keep_receipt(taker, source, paper, verdict, mark, err);
    if (!code && !verdict->whole.code && !verdict->feed && !verdict->extent.part)
        code = sources_extent_set(spool, paper->source, name, verdict->extent.figures, verdict->extent.cells, err);
    if (!code && look) code = sources_look_set(spool, paper->source, name, look, err);
    if (!code) code = spool_commit(spool, err);
    if (code) spool_rollback(spool);
    return code;
}

static void remove_old(const char *path) {
    if (unlink(path) != 0 && errno != ENOENT) log_warn("rejected_not_removed", "file=%s", path);
}

static enum error_code write_rejected(const struct verdict *verdict, const char *folder, const char *path,
                                      struct error *err) {
    CLEAN(buffer_finish) struct buffer bytes = {0};
    bool written = false;
    enum error_code code = file_make_folders(folder, 0755, err);
    if (code) return code;
    if (verdict->workbook) return marked_rejected(verdict, path, &written, err);
    if (!rejected_write(verdict, &bytes)) return ERROR_OK;
    return file_write(path, buffer_text(&bytes), bytes.len, 0644, err);
}

/* Before the commit: written again after a kill in between, never missing after it. An older one of the same name says
 * nothing true about a file that is now in order. */
void taker_give_back(const struct source_settings *source, const char *name, const struct verdict *verdict,
                     char trouble[static TAKER_TROUBLE_MAX]) {
    AUTO_FREE char *file = verdict->workbook ? rejected_book_name(name) : rejected_name(name);
    const char *folder = source->rejected ? source->rejected : source->folder;
    AUTO_FREE char *path = file && folder ? path_join(folder, file) : NULL;
    struct error err;
    if (!path) return;
    if (verdict->refused == 0) {
        remove_old(path);
    } else if (write_rejected(verdict, folder, path, &err)) {
        log_failure(LOG_LEVEL_WARN, "rejected_not_written", &err);
        snprintf(trouble, TAKER_TROUBLE_MAX, "退回文件写不了：%s", path);
    }
}

/* Not whole: it waits for more. After a day that is said. */
static void unfinished(const struct source_settings *source, const char *name, const struct source_look *look,
                       struct instant now, struct taker_report *report) {
    struct instant limit = {look->first.ms + UNFINISHED_MS};
    if (now.ms < limit.ms) {
        if (!instant_is(report->wake_at) || limit.ms < report->wake_at.ms) report->wake_at = limit;
        return;
    }
    report->files_unfinished++;
    snprintf(report->trouble, sizeof report->trouble, "“%s”放了一天还没有写完（%s）", name, source->name);
}

size_t taker_room(const struct verdict *verdict) {
    return (verdict->taken + 1) * (size_t)EVENT_ROOM;
}

static void log_taken(const struct source_settings *source, const char *name, const struct verdict *verdict) {
    log_info("file_taken", "source=%s file=%s taken=%u unchanged=%u held=%u refused=%u blank=%u whole_refused=%s",
             source->name, name, verdict->taken, verdict->unchanged, verdict->held, verdict->refused, verdict->blank,
             verdict->whole.code ? refusal_row(verdict->whole.code)->word : "no");
}

static enum error_code file_judged(struct taker *taker, const struct source_settings *source, const char *name,
                                   const struct paper *paper, const struct source_look *look,
                                   struct taker_report *report, struct error *err) {
    CLEAN(verdict_finish) struct verdict verdict;
    enum error_code code = paper_judge(paper, &verdict, err);
    if (code) return code;
    if (!still_the_same(paper)) {
        unfinished(source, name, look, paper->now, report);
        return ERROR_OK;
    }
    const char *why = NULL;
    if (spool_full(taker->spool, taker_room(&verdict), &why)) {
        report->files_pending++;
        snprintf(report->trouble, sizeof report->trouble, "%s", why);
        log_warn("spool_full", "source=%s file=%s why=%s", source->name, name, why);
        return ERROR_OK;
    }
    taker_give_back(source, name, &verdict, report->trouble);
    bool told = false;
    if (verdict.whole.code) code = mark_refused_before(taker->spool, paper, &told, err);
    if (code) return code;
    if (told) {
        snprintf(report->again, sizeof report->again, "“%s”内容没有变，仍然整份退回：%.400s", name,
                 verdict.whole.reason);
        return sources_look_set(taker->spool, source->name, name, look, err);
    }
    code = keep_all(taker, source, paper, &verdict, look, name, err);
    if (code) return code;
    report->files_taken++;
    snprintf(report->last_file, sizeof report->last_file, "%s", name);
    log_taken(source, name, &verdict);
    return ERROR_OK;
}

static enum error_code set_look(struct taker *taker, const struct source_settings *source, const char *name,
                                const struct source_look *look, struct error *err) {
    return sources_look_set(taker->spool, source->name, name, look, err);
}

/* Read to its end, and nobody has written to it or put another in its place since it was listed. */
static bool looks_as_listed(const char *path, const struct folder_file *file, const struct paper *paper) {
    struct stat seen;
    int64_t size = paper->file ? file_size(paper->file) : (int64_t)paper->bytes.len;
    if (stat(path, &seen) != 0 || folder_mtime_ns(&seen) != file->mtime_ns) return false;
    return seen.st_size == file->size && (paper->too_large || size == file->size);
}

static enum error_code take_ready(struct taker *taker, const struct source_settings *source,
                                  const struct folder_file *file, struct source_look *look, struct instant now,
                                  struct taker_report *report, struct error *err) {
    CLEAN(buffer_finish) struct buffer bytes = {0};
    AUTO_FREE char *path = path_join(source->folder, file->name);
    CLEAN(taker_close) struct paper paper = {.file = NULL};
    struct error trouble;
    if (!path) return error_set(err, ERROR_MEMORY, "no memory for a path");
    enum error_code code = taker_open(taker->settings, source, path, &bytes, &paper, &trouble);
    if (code) {
        report->files_pending++;
        snprintf(report->trouble, sizeof report->trouble, "“%s”读不了", file->name);
        log_failure(LOG_LEVEL_WARN, "file_not_read", &trouble);
        return ERROR_OK;
    }
    if (!looks_as_listed(path, file, &paper) || !taker_is_whole(&paper)) {
        unfinished(source, file->name, look, now, report);
        return ERROR_OK;
    }
    paper.now = now;
    paper.catalogue = taker->catalogue;
    paper.memory = taker_memory(taker->spool);
    look->decided = true;
    struct source_file known;
    code = mark_find(taker->spool, &paper, &known, err);
    if (code) return code;
    if (!known.found) return file_judged(taker, source, file->name, &paper, look, report, err);
    log_info("file_known", "source=%s file=%s first=%s", source->name, file->name, known.name);
    snprintf(report->again, sizeof report->again, "“%s”已收过（与“%s”内容一样）", file->name, known.name);
    return set_look(taker, source, file->name, look, err);
}

static enum error_code look_at(struct taker *taker, const struct source_settings *source,
                               const struct folder_file *file, struct instant now, struct taker_report *report,
                               struct error *err) {
    struct source_look look;
    struct instant again;
    bool changed = false;
    enum error_code code = sources_look_find(taker->spool, source->name, file->name, &look, err);
    if (code) return code;
    enum folder_verdict verdict = folder_judge(file, now, source->quiet_ms, &look, &changed, &again);
    if (changed) code = set_look(taker, source, file->name, &look, err);
    if (code) return code;
    if (verdict == FOLDER_READY) return take_ready(taker, source, file, &look, now, report, err);
    if (verdict == FOLDER_WAIT) {
        report->files_waiting++;
        if (!instant_is(report->wake_at) || again.ms < report->wake_at.ms) report->wake_at = again;
    }
    return ERROR_OK;
}

static enum error_code look_into(struct taker *taker, const struct source_settings *source, struct instant now,
                                 struct taker_report *report, struct error *err) {
    CLEAN(folder_list_finish) struct folder_list list;
    struct error trouble;
    if (folder_read(source->folder, &list, &trouble)) {
        snprintf(report->trouble, sizeof report->trouble, "文件夹打不开：%s", source->folder);
        log_failure(LOG_LEVEL_WARN, "folder_not_read", &trouble);
        return ERROR_OK;
    }
    enum error_code code = ERROR_OK;
    for (size_t i = 0; !code && i < list.count; i++)
        code = look_at(taker, source, &list.files[i], now, report, err);
    return code;
}

enum error_code taker_look(struct taker *taker, struct instant now, struct taker_report *report, struct error *err) {
    *report = (struct taker_report){.wake_at = INSTANT_NONE};
    enum error_code code = ERROR_OK;
    for (size_t i = 0; i < taker->settings->sources.count; i++) {
        const struct source_settings *source = &taker->settings->sources.items[i];
        struct error trouble;
        enum error_code here =
            source->kind == SOURCE_FOLDER ? look_into(taker, source, now, report, &trouble) : ERROR_OK;
        if (!here) continue;
        report->files_pending++;
        log_failure(LOG_LEVEL_ERROR, "source_failed", &trouble);
        snprintf(report->trouble, sizeof report->trouble, "%.250s", trouble.message);
        code = here;
        if (err) *err = trouble;
    }
    return code;
}

/* --- what is no file --- */

/* The cells with their lengths, so that no two sheets look alike. */
static bool sheet_hash(const struct sheet *sheet, uint8_t out[SOURCE_HASH_BYTES]) {
    CLEAN(buffer_finish) struct buffer all = {0};
    buffer_add_text(&all, "cells\n");
    for (size_t row = 0; row < sheet->row_count; row++) {
        buffer_printf(&all, "%zu\n", sheet->rows[row].cell_count);
        for (size_t i = 0; i < sheet->rows[row].cell_count; i++) {
            struct slice text = sheet_cell(sheet, row, i);
            buffer_printf(&all, "%u %zu ", sheet_marks(sheet, row, i), text.len);
            buffer_add(&all, text.ptr, text.len);
        }
    }
    content_hash(&all, out);
    return !all.failed;
}

static bool document_hash(const struct document *document, uint8_t out[SOURCE_HASH_BYTES]) {
    if (document->sheet) return sheet_hash(document->sheet, out);
    struct chain_hash hash = chain_digest((const uint8_t *)document->bytes.ptr, document->bytes.len);
    memcpy(out, hash.bytes, SOURCE_HASH_BYTES);
    return true;
}

void document_name(const struct source_settings *source, const struct document *document, const char *ending,
                   char out[DOCUMENT_NAME_MAX]) {
    uint8_t hash[SOURCE_HASH_BYTES] = {0};
    (void)document_hash(document, hash);
    snprintf(out, DOCUMENT_NAME_MAX, "%s-%02x%02x%02x%02x%s", source->name, hash[0], hash[1], hash[2], hash[3], ending);
}

static enum error_code document_judged(struct taker *taker, const struct document *document, const struct paper *paper,
                                       struct taken *out, struct error *err) {
    enum error_code code = paper_judge(paper, &out->verdict, err);
    if (code) return code;
    if (spool_full(taker->spool, taker_room(&out->verdict), &out->why)) {
        out->how = DOCUMENT_LATER;
        log_warn("spool_full", "source=%s file=%s why=%s", document->source->name, document->name, out->why);
        return ERROR_OK;
    }
    taker_give_back(document->source, document->name, &out->verdict, out->trouble);
    if (out->verdict.whole.code) code = mark_refused_before(taker->spool, paper, &out->told, err);
    if (code || out->told) return code;
    code = keep_all(taker, document->source, paper, &out->verdict, NULL, document->name, err);
    if (!code) log_taken(document->source, document->name, &out->verdict);
    return code;
}

static enum error_code find_receipt(struct taker *taker, const struct source_settings *source, struct taken *out,
                                    struct error *err) {
    struct more more;
    if (!is_asked_again(source->kind)) return ERROR_OK;
    enum error_code code =
        sources_receipt_find(taker->spool, source->name, out->mark, &out->more, &out->has_receipt, err);
    if (code || !out->has_receipt) return code;
    out->has_receipt = more_decode(EVENT_RECEIPT, (struct slice){out->more.data, out->more.len}, &more) == PROTO_OK;
    out->receipt = more;
    return ERROR_OK;
}

enum error_code taker_take(struct taker *taker, const struct document *document, struct instant now, struct taken *out,
                           struct error *err) {
    const struct source_settings *source = document->source;
    *out = (struct taken){.how = DOCUMENT_TAKEN};
    struct paper paper = {.source = source->name,
                          .name = slice_of(document->name),
                          .bytes = document->bytes,
                          .sheet = document->sheet,
                          .modified = INSTANT_NONE,
                          .now = now,
                          .catalogue = taker->catalogue,
                          .mapping = &source->mapping,
                          .unit = taker->settings->unit,
                          .on_behalf = source->on_behalf,
                          .memory = taker_memory(taker->spool),
                          .make_uid = random_uid};
    if (!document_hash(document, paper.hash)) return error_set(err, ERROR_MEMORY, "no memory for a document");
    mark_of(&paper, false, out->mark);
    enum error_code code = mark_find(taker->spool, &paper, &out->before, err);
    if (code || !out->before.found) return code ? code : document_judged(taker, document, &paper, out, err);
    out->how = DOCUMENT_AGAIN;
    code = find_receipt(taker, source, out, err);
    log_info("file_known", "source=%s file=%s first=%s", source->name, document->name, out->before.name);
    return code;
}

void taken_finish(struct taken *taken) {
    buffer_finish(&taken->more);
    verdict_finish(&taken->verdict);
}
