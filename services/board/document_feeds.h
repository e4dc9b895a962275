/* What the lists of files and the page of one share. */
#ifndef DUBAN_BOARD_DOCUMENT_FEEDS_H
#define DUBAN_BOARD_DOCUMENT_FEEDS_H

#include "services/board/document_sight.h"

bool file_id_parse(const char *text, int64_t *id); /* "F1187" or "1187" */

/* What became of a file stands on the events of its stream's cells: those of its areas, of its tasks. For
 * document_gather; nothing for a file that is not there. Asks the database. */
__attribute__((warn_unused_result)) enum error_code file_gather(struct facts *facts,
                                                                const struct document_request *request,
                                                                struct error *err);

#endif
