/* Order is data: the kernel's reasons for it stand in src/run/sandbox.c, and a
 * step that moves or disappears must be meant. */
#include <string.h>

#include <immure/base/text.h>

#include "../../src/run/run.h"
#include "unit.h"

static const char *const parent[] = {
	"take signals",
	"prepare files",
	"join the control group",
	"publish ports",
	"open the network's records",
	"start the proxy of the bus",
	"prepare the network",
	"create the namespaces",
	"map ids",
	"start the network engine",
	"supervise",
};

static const char *const child[] = {
	"die with the supervisor",
	"join the control group",
	"write id maps",
	"make the network",
	"assemble the files",
	"enter the network",
	"finish the files",
	"enter the files",
	"lead the bus in",
	"enter the inner namespaces",
	"make the tap",
	"lead ports in",
	"set names",
	"set clocks",
	"allow one more user namespace",
	"set kernel parameters",
	"start a session",
	"await the network",
	"await published ports",
	"start the command",
	"confine init",
	"be init",
};

static const char *const payload[] = {
	"enter the second user namespace",
	"leave the caller's groups",
	"take the foreground",
	"connect standard files",
	"leave inherited things behind",
	"set limits",
	"change directory",
	"drop capabilities",
	"refuse new privileges",
	"enter the Landlock domain",
	"filter system calls",
	"execute",
};

static const char *const engine[] = {
	"die with the supervisor",
	"enter its own namespaces",
	"load the stack",
	"leave everything behind",
	"confine itself",
	"compile the rules",
	"take the tap",
	"serve the network",
};

static const char *const publisher[] = {
	"hide",
	"enter the sandbox's network",
	"leave everything behind",
	"confine itself",
	"serve ports",
};

static const char *const bus[] = {
	"enter its own namespaces",
	"take the directory",
	"confine itself",
	"execute",
};

static void check(const struct step *steps, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		CHECK(steps[i].name && text_is(steps[i].name, names[i]), "%zu: %s, not %s", i,
		      steps[i].name ? steps[i].name : "the end", names[i]);
		CHECK(steps[i].run, "%s does nothing", names[i]);
		if (!steps[i].name)
			return;
	}
	CHECK(!steps[count].name, "%s is not expected", steps[count].name);
}

static void test_parent(void)
{
	check(parent_steps, parent, COUNT(parent));
}

static void test_child(void)
{
	check(child_steps, child, COUNT(child));
}

static void test_payload(void)
{
	check(payload_steps, payload, COUNT(payload));
}

static void test_engine(void)
{
	check(engine_steps, engine, COUNT(engine));
}

static void test_publisher(void)
{
	check(publisher_steps, publisher, COUNT(publisher));
}

static void test_bus(void)
{
	check(bus_steps, bus, COUNT(bus));
}

int main(void)
{
	RUN(test_parent);
	RUN(test_child);
	RUN(test_payload);
	RUN(test_engine);
	RUN(test_publisher);
	RUN(test_bus);
	return unit_end();
}
