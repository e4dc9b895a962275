/* Documents that programs bring by HTTP: one door for all sources of kind http, POST /NAME with a table of text or JSON
 * lines, the answer only after the spool's commit (source_answer.h). Runs in the agent's loop, no thread; a document is
 * judged and written while the door waits. microhttpd.h is included here alone. */
#ifndef DUBAN_COLLECTOR_SOURCE_HTTP_H
#define DUBAN_COLLECTOR_SOURCE_HTTP_H

#include "services/collector/source.h"

struct http_door;
/* Reads the tokens, certificate and key; binds the address. */
__attribute__((warn_unused_result)) enum error_code http_door_open(const struct source_host *host,
                                                                   struct http_door **out, struct error *err);
void http_door_close(struct http_door **door); /* accepts NULL */
/* "http://127.0.0.1:8610", with the port really bound. Lends. */
const char *http_door_address(const struct http_door *door);

#endif
