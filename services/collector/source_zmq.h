/* Documents that programs push through ZeroMQ: a PULL socket with CURVE for each source of kind zmq, one message one
 * document. Nobody hears an answer: what is refused lies in the source's folder for it, and stands in the status file
 * and in the receipt at the centre. While the spool is full one document is held here and no other taken. */
#ifndef DUBAN_COLLECTOR_SOURCE_ZMQ_H
#define DUBAN_COLLECTOR_SOURCE_ZMQ_H

#include "common/link/zap.h"
#include "services/collector/source.h"

struct zmq_source;
__attribute__((warn_unused_result)) enum error_code zmq_source_open(const struct source_host *host, struct zap *zap,
                                                                    const struct key_pair *own,
                                                                    const struct source_settings *settings,
                                                                    struct zmq_source **out, struct error *err);
/* Tries what is held again. */
void zmq_source_look(struct zmq_source *source, struct taker_report *report);
void zmq_source_close(struct zmq_source **source);               /* accepts NULL */
const char *zmq_source_address(const struct zmq_source *source); /* lends */

#endif
