/* The command `duban-collector folders --config FILE`: every folder that the agent must be able to write (outbox, status
 * file, drop folders, returned files), one a line, each once. Who confines the agent asks this. */
#ifndef DUBAN_COLLECTOR_FOLDERS_H
#define DUBAN_COLLECTOR_FOLDERS_H

#include "services/collector/settings.h"

/* Appends them, each with a line break. */
void folders_list(const struct settings *settings, struct buffer *out);

/* Exit status. */
int folders_main(int argc, char **argv);

#endif
