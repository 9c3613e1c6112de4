/* Where is written down what goes through the network? */
#include <immure/base/error.h>
#include <immure/base/path.h>
#include <immure/base/text.h>

#include "plan_internal.h"

static bool wants_record(const struct text *said)
{
	return said->value && !text_is(said->value, "none");
}

/* A file of the host's, for something that only a network has. */
static int plan_record(struct planning *p, const struct text *said, const char *option,
		       struct network_record *ret_record, struct error *err)
{
	if (!wants_record(said))
		return 0;
	const char *origin = origin_of(p, said->origin);
	if (text_is(said->value, "-")) {
		(void)fail(err, 0, "%s - (%s): standard output and error are the command's too, which"
			   " could write such lines itself", option, origin);
		return hint(err, "name a file, as in: --%s ./%s", option,
			    text_is(option, "pcap") ? "net.pcap" : "net.log");
	}
	if (said->value[0] != '/' && !p->host.current)
		return fail(err, 0, "%s %s (%s): the current directory has no name", option,
			    said->value, origin);
	*ret_record = (struct network_record){
		path_normal(p->arena, p->host.current ? p->host.current : "/", said->value), origin,
	};
	return 0;
}

int plan_records(struct planning *p, struct error *err)
{
	const struct config *config = p->config;
	struct network_plan *network = &p->plan->network;

	if (plan_record(p, &config->net_log, "net-log", &network->log, err) < 0 ||
	    plan_record(p, &config->pcap, "pcap", &network->capture, err) < 0)
		return -1;
	if (network->log.path && network->capture.path &&
	    text_is(network->log.path, network->capture.path))
		return fail(err, 0, "net-log (%s) and pcap (%s) are the same file", network->log.origin,
			    network->capture.origin);
	return 0;
}
