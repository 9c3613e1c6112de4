/* connects ADDRESS PORT N - open N TCP connections one after the other, close each, and
 * print how many microseconds one took. N is 1: print nothing, since only that it ended
 * counts. Static, so that hardly anything else is measured with it. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static double microseconds(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

int main(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET };

	if (argc != 4 || inet_pton(AF_INET, argv[1], &to.sin_addr) != 1) {
		(void)fprintf(stderr, "usage: connects ADDRESS PORT N\n");
		return 2;
	}
	to.sin_port = htons((unsigned short)strtoul(argv[2], NULL, 10));
	long count = strtol(argv[3], NULL, 10);
	double began = microseconds();

	for (long i = 0; i < count; i++) {
		int fd = socket(AF_INET, SOCK_STREAM, 0);

		if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0) {
			perror("connects");
			return 1;
		}
		(void)close(fd);
	}
	if (count > 1)
		(void)printf("%.1f\n", (microseconds() - began) / (double)count);
	return 0;
}
