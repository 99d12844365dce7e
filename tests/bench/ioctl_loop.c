/* N times one ioctl; prints the nanoseconds of one. The C side of ioctl_bench.ts.
 * usage: ioctl_loop DEVICE COMMAND N RESULT */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

int main(int argc, char **argv)
{
	static unsigned char arg[64];
	if (argc != 5)
		return 2;
	int fd = open(argv[1], O_RDWR);
	unsigned long command = strtoul(argv[2], 0, 0);
	int n = atoi(argv[3]), result = atoi(argv[4]);
	double start = now();
	for (int i = 0; i < n; i++)
		if (ioctl(fd, command, arg) < result)
			return 3;
	printf("%g\n", (now() - start) / n);
	return 0;
}
