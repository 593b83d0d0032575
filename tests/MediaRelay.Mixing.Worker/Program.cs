using MediaRelay.Mixing.Worker;

// A mixer worker without the server around it: what the tests start, and what makes the slates that come with the
// program.
return await MixerWorker.RunAsync(args, CancellationToken.None);
