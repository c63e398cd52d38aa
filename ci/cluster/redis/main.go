// Command redis serves the part of Redis that Argo CD's components need as their cache, on the loopback port given.
//
//	redis PORT
package main

import (
	"fmt"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alicebob/miniredis/v2"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: redis PORT")
		os.Exit(2)
	}
	server := miniredis.NewMiniRedis()
	if err := server.StartAddr(net.JoinHostPort("127.0.0.1", os.Args[1])); err != nil {
		fmt.Fprintln(os.Stderr, "redis:", err)
		os.Exit(1)
	}
	defer server.Close()
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, os.Interrupt)
	const step = time.Second
	tick := time.NewTicker(step)
	for {
		select {
		case <-stop:
			return
		case <-tick.C:
			server.FastForward(step) // the library lets keys expire only when it is told that time passes
		}
	}
}
