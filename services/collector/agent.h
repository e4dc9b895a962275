/* The running collector: one loop over clock, socket, signals and folders. Wires taker and uplink; all judgement is
 * theirs. */
#ifndef DUBAN_COLLECTOR_AGENT_H
#define DUBAN_COLLECTOR_AGENT_H

#include "services/collector/settings.h"

/* Until SIGTERM or SIGINT (ERROR_OK), or until nothing can go on. */
__attribute__((warn_unused_result)) enum error_code agent_run(const struct settings *settings, struct error *err);

/* For other commands: reads the catalogue named by the settings. */
struct catalogue;
__attribute__((warn_unused_result)) enum error_code agent_catalogue(const struct settings *settings,
                                                                    struct catalogue **out, struct error *err);

#endif
