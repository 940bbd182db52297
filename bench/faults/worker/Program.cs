using Bpc.FaultWorker;
using Bpc.Hosting;
using Bpc.Silo;

// A worker as operators run it, whose build also knows the job types of the fault tests.
return await BpcProgram.RunAsync(
    args, (rest, settings) => SiloHost.Build(rest, settings, [new WorkHandler(), new PoisonHandler()]), isSilo: true);
