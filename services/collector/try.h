/* `duban-collector try --config FILE [--source NAME] [--xlsx OUT] [FILE]`: how every row would be read, or why it would
 * be refused or held; without FILE the rows of the source's query. Sends nothing, keeps nothing, and does not need the running agent to stop. */
#ifndef DUBAN_COLLECTOR_TRY_H
#define DUBAN_COLLECTOR_TRY_H

#include "services/collector/paper.h"
#include "services/collector/settings.h"

int try_main(int argc, char **argv); /* exit status: 0 all taken, 1 something refused, 2 usage */

/* The table and the sentence below it, as text. Pure. */
void try_print(const struct verdict *verdict, const struct plan *plan, struct buffer *out);
/* The same from a file, onto stdout; used by setup. Returns the exit status. */
int try_file(const struct settings *settings, const struct source_settings *source, const char *path);
/* xlsx: where the same goes as a workbook with colours and comments; NULL = nowhere. */
int try_file_marked(const struct settings *settings, const struct source_settings *source, const char *path,
                    const char *xlsx);
/* What the source's database answers now. */
int try_query(const struct settings *settings, const struct source_settings *source, const char *xlsx);

#endif
