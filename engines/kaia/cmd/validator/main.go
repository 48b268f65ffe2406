// A validator of a consortium: Kaia's consensus node, whose rounds of votes may end sooner.
//
// Kaia waits ten seconds for a proposer that is gone; the figure is read from no file and no flag. Everything else is Kaia's own.
package main

import (
	"fmt"
	"os"
	"sync/atomic"

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

func main() {
	utils.NodeTypeFlag.Value = "cn"
	app := utils.NewApp(nodecmd.GetGitCommit(), "A validator of a consortium chain (Kaia)")
	app.Action = nodecmd.RunKaiaNode
	app.HideVersion = true
	app.Commands = []*cli.Command{nodecmd.InitCommand, nodecmd.VersionCommand}
	app.Flags = append(utils.KcnAppFlags(), roundMilliseconds)
	app.OnUsageError = nodecmd.OnUsageError
	app.Before = func(ctx *cli.Context) error {
		atomic.StoreUint64(&istanbul.DefaultConfig.Timeout, ctx.Uint64(roundMilliseconds.Name))
		return nodecmd.BeforeRunNode(ctx)
	}
	if err := app.Run(os.Args); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
