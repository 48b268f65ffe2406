// A validator of a consortium: Kaia's consensus node, whose rounds of votes may end sooner.
//
// Kaia waits ten seconds for a proposer that is gone; the figure is read from no file and no flag. Everything else is Kaia's own.
package main

import (
	"fmt"
	"os"
	"sync/atomic"
	"time"
	_ "unsafe" // for the engine's clock

	"github.com/kaiachain/kaia/cmd/utils"
	"github.com/kaiachain/kaia/cmd/utils/nodecmd"
	"github.com/kaiachain/kaia/consensus/istanbul"
	"github.com/urfave/cli/v2"
)

// The same for all validators: how long they wait for a round before they ask for the next proposer.
var roundMilliseconds = &cli.Uint64Flag{
	Name:  "round-milliseconds",
	Usage: "how long a round of votes may take before the next validator proposes",
	Value: 3000,
}

// For drills alone: by how much this validator's clock is wrong where it judges the times of others' blocks.
var wrongClock = &cli.Int64Flag{
	Name:   "drill-clock-seconds",
	Usage:  "judge others' blocks by a clock that is so many seconds ahead (below 0: behind)",
	Hidden: true,
}

//go:linkname engineNow github.com/kaiachain/kaia/consensus/istanbul/backend.now
var engineNow func() time.Time

func main() {
	utils.NodeTypeFlag.Value = "cn"
	app := utils.NewApp(nodecmd.GetGitCommit(), "A validator of a consortium chain (Kaia)")
	app.Action = nodecmd.RunKaiaNode
	app.HideVersion = true
	app.Commands = []*cli.Command{nodecmd.InitCommand, nodecmd.VersionCommand}
	app.Flags = append(utils.KcnAppFlags(), roundMilliseconds, wrongClock)
	app.OnUsageError = nodecmd.OnUsageError
	app.Before = func(ctx *cli.Context) error {
		atomic.StoreUint64(&istanbul.DefaultConfig.Timeout, ctx.Uint64(roundMilliseconds.Name))
		if off := ctx.Int64(wrongClock.Name); off != 0 {
			engineNow = func() time.Time { return time.Now().Add(time.Duration(off) * time.Second) }
		}
		return nodecmd.BeforeRunNode(ctx)
	}
	if err := app.Run(os.Args); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
