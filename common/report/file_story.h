/* One file as people read of it: what was taken, unchanged, held, refused and why, who sent it, whether what was refused
 * came again. */
#ifndef DUBAN_REPORT_FILE_STORY_H
#define DUBAN_REPORT_FILE_STORY_H

#include "common/base/buffer.h"
#include "common/report/file_again.h"

struct file_story {
    const struct view *view;         /* borrowed */
    const struct feed_files *files;  /* borrowed: all of the programme, the newest first */
    size_t index;                    /* which of them */
    const struct feed_receipt *receipt; /* borrowed */
    struct file_figures figures;
};
/* view, files, index and receipt are set before. false: out of memory. */
__attribute__((warn_unused_result)) bool file_story_tell(struct file_story *story);
void file_story_finish(struct file_story *story);

void file_story_print(const struct file_story *story, struct buffer *out);
/* file_json and more: "unit", "reporter", "document", "note", "figures", "again"; each refusal its "again". NULL: no memory. */
json_t *file_story_json(const struct file_story *story);

/* For lists. "" when nothing was refused; else "F12", "F12 还退2", "未重报". */
void file_again_words(const struct feed_files *files, size_t index, char *out, size_t capacity);
/* {"file": "F12", "refused": 2}, {"file": null, "refused": null}; null when nothing was refused. */
json_t *file_again_json(const struct feed_files *files, size_t index);

#endif
