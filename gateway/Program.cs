using Bpc.Gateway;
using Bpc.Hosting;

return await BpcProgram.RunAsync(args, GatewayHost.Build);
