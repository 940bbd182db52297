using Bpc.Hosting;
using Bpc.Silo;

return await BpcProgram.RunAsync(args, SiloHost.Build, isSilo: true);
