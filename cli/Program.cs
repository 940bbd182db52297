return await Bpc.Cli.CommandLine.RunAsync(args, Console.Out, Console.Error);
