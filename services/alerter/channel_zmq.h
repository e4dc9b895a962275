/* The channel `zmq`: other systems subscribe (ZeroMQ PUB over CURVE). One message of two frames an item: the topic
 * "AREA/TASK" ("510823/T06", "-" for a part it has not; messages without items go out as "-/brief", "-/test"), and a JSON
 * object. Nothing blocks. PUB knows no receipts: published is delivered, also when nobody listens, which the answer says. Only
 * right after the start, when subscribers are still finding their way back, nobody is a reason to wait. */
#ifndef DUBAN_ALERTER_CHANNEL_ZMQ_H
#define DUBAN_ALERTER_CHANNEL_ZMQ_H

#include "common/link/publisher.h"
#include "services/alerter/channel.h"

__attribute__((warn_unused_result)) enum error_code channel_zmq_open(const struct channel_named *named,
                                                                     struct publisher **out, struct error *err);
/* early: the publisher has just begun to listen. */
struct channel_verdict channel_zmq(struct publisher *publisher, bool early, const struct delivery *delivery,
                                   struct buffer *answer);

/* Topic and JSON of one item (NULL: of a message without items); pure. */
__attribute__((warn_unused_result)) bool zmq_frames(const struct delivery *delivery, const char *item_json,
                                                    struct buffer *topic, struct buffer *body);

#endif
