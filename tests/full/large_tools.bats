#!/usr/bin/env bats
# Programs that are large to install: behind the filter of system calls a Java virtual
# machine as it is, and a debugger with the option that it needs; and a browser.
#
# shellcheck disable=SC2016 # gdb's own

load ../lib/common
load ../lib/sandbox

setup() {
	common_setup
	make_work
	cd "$WORK" || return
}

@test "SEC-21: a Java virtual machine, its compiler and its threads" {
	needs java javac
	cat >Sum.java <<-'END'
		import java.util.stream.LongStream;
		public class Sum {
		    public static void main(String[] words) throws Exception {
		        Thread thread = new Thread(() -> System.out.println("a thread"));
		        thread.start();
		        thread.join();
		        System.out.println(LongStream.rangeClosed(1, 100000).parallel().sum());
		        Process process = new ProcessBuilder("id", "-u").inheritIO().start();
		        System.exit(process.waitFor());
		    }
		}
	END
	# Its configuration is in /etc.
	inspect --cwd rw --ro-bind-try /etc/java-17-openjdk -- sh -c 'javac Sum.java && java Sum'
	assert_status 0
	assert_equal "$output" $'a thread\n5000050000\n0'
}

@test "SEC-21: gdb starts a program, stops it and looks into it, with --ptrace" {
	needs gdb gcc
	echo 'int answer = 42; int main(void) { return answer - 42; }' >program.c
	gcc -g -O0 -o program program.c
	local look=(gdb -q -nx -batch -ex 'break main' -ex run -ex 'print answer' -ex next -ex kill ./program)
	inspect --ptrace -- "${look[@]}"
	assert_output_has 'Breakpoint 1, main'
	# By the filter as it is it can do nothing of that.
	inspect -- "${look[@]}"
	assert_output_lacks 'Breakpoint 1, main'
}

@test "chromium with its own sandbox, which is made of namespaces, inside of one with --nested" {
	! is_root || skip 'root is refused'
	needs chromium
	echo '<p id=x>old</p><script>document.getElementById("x").textContent = "six times seven is " + 6 * 7</script>' >page.html
	local browse=(--quiet --user self --cwd ro --etc chromium --etc chromium.d)
	PATIENCE=100 inspect "${browse[@]}" --nested -- chromium --headless --disable-gpu --dump-dom "file://$WORK/page.html"
	assert_status 0
	assert_output_has '<p id="x">six times seven is 42</p>'
	# It is not that it does without: where no namespace can be made it does not run.
	PATIENCE=100 inspect "${browse[@]}" -- chromium --headless --disable-gpu --dump-dom "file://$WORK/page.html"
	refute test "$status" -eq 0
	assert_output_lacks 42
}
